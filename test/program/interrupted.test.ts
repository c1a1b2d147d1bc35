import { describeInterruptions } from './describe-interruptions.ts';

// The other moments and signals are in test/full.
describeInterruptions([
  ['copying', 'SIGINT'],
  ['migrating', 'SIGTERM'],
  ['building the baseline', 'SIGKILL'],
]);
