import { rehearsalCommand } from '../rehearsal-command.ts';

export const rollback = rehearsalCommand(
  {
    name: 'rollback',
    about: 'Rehearse the way back alone: deploy to copies of production, take it back, and compare with what was before.',
    detail:
      'Nothing is rolled back in production, which is only read. Evidence and report are those of `run`, but the verdict speaks of the way back and not of the deploy. ' +
      'The ways are the configuration’s (rollback.ways). The exit code is the verdict: 0 PASS, 1 BLOCKER, 3 or 4 INCONCLUSIVE.',
    example: 'pgrehearse rollback',
  },
  { only: 'rollback' },
);
