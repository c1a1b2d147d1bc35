import type { CheckAbout } from '../check-about.ts';

export const approvedStructure: CheckAbout = {
  check: 'approved-structure',
  phase: 'lineage',
  question: 'Is production’s structure still what it was in the run that was approved?',
  effect: 'Somebody changed production by hand since. What is stamped and migrated then isn’t what was approved.',
  cure: 'Find out who changed production, and take it back; or have a new run approved.',
};
