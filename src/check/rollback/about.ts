import type { CheckAbout } from '../check-about.ts';

export const rollbackCheck: CheckAbout = {
  check: 'rollback',
  phase: 'rollback',
  question: 'Does each way back from the deploy lead to the schema and the data that were there before, and how long does it take?',
  effect:
    'A way down that was never run fails, forgets an index, or brings a column back empty, and that is found out while the application is down. What was written since a backup isn’t in it.',
  cure: 'Correct the way down, or plan for the restore of a backup and know how long it takes. Where data may go, say so in rollback.acceptLosses.',
};
