import type { CheckAbout } from '../check-about.ts';

export const syncAfterAbout: CheckAbout = {
  check: 'sync-after',
  phase: 'compatibility',
  question: 'Was staging neutralised and migrated once the data was there, and does it answer as configured?',
  effect: 'Production’s tokens and addresses in a staging that isn’t neutralised reach real people; a staging that doesn’t answer is of no use to anybody.',
  cure: 'Read what it said, correct that, and run the sync again.',
};
