import { describeInterruptions } from './describe-interruptions.ts';

// The other moments and signals are in test/full.
describeInterruptions([
  ['migrating', 'SIGTERM'],
  ['building the baseline', 'SIGKILL'],
]);
