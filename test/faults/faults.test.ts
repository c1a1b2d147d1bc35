import { describeFaults } from './describe-faults.ts';

describeFaults(
  [
    { command: 'clone', kind: 'the copier is killed' },
    { command: 'clone', kind: 'the tunnel breaks' },
  ],
  { rounds: 1, again: 'at the end' },
);
