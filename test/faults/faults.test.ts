import { describeFaults } from './describe-faults.ts';

describeFaults(
  [
    { command: 'clone', kind: 'the copier is killed' },
    { command: 'clone', kind: 'the tunnel breaks' },
  ],
  1,
  'at the end',
);
