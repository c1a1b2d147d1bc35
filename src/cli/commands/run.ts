import { rehearsalCommand } from '../rehearsal-command.ts';

export const run = rehearsalCommand({
  name: 'run',
  about: 'Rehearse the deploy: copy production, migrate the copy, say whether it is safe.',
  detail:
    'Production is only read. Clones are gone when the run ends; the evidence and its report stay in the run folder. ' +
    'The exit code is the verdict: 0 PASS, 1 BLOCKER, 3 or 4 INCONCLUSIVE.',
  example: 'pgrehearse run',
});
