import { describeFaults } from './describe-faults.ts';

describeFaults(
  [
    { command: 'clone', kind: 'the copier is killed' },
    { command: 'clone', kind: 'the tunnel breaks' },
  ],
  // The same moments each time: others are tried where there is time to look into what is found.
  { rounds: 1, again: 'at the end', seed: 20261121 },
);
