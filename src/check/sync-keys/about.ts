import type { CheckAbout } from '../check-about.ts';

export const syncKeysAbout: CheckAbout = {
  check: 'sync-foreign-keys',
  phase: 'data-gate',
  question: 'Does every foreign key of staging that touches a synced table still hold for every row?',
  effect: 'Rows that reference nothing break the application in ways that production doesn’t know, and the constraint goes on claiming that there are none.',
  cure: 'Sync the table that is named too, or empty it: its old rows reference rows that production has not.',
};
