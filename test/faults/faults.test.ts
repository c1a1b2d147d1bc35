import { describeFaults } from './describe-faults.ts';

describeFaults(
  // The others are in test/full.
  [{ command: 'clone', kind: 'the copier is killed' }],
  // The same moments each time: others are tried where there is time to look into what is found.
  { rounds: 1, again: 'at the end', seed: 20261121 },
);
