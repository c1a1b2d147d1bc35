import { describeInterruptions } from '../program/describe-interruptions.ts';

describeInterruptions([
  ['copying', 'SIGINT'],
  ['copying', 'SIGTERM'],
  ['copying', 'SIGKILL'],
  ['migrating', 'SIGINT'],
  ['migrating', 'SIGKILL'],
  ['building the baseline', 'SIGINT'],
  ['building the baseline', 'SIGTERM'],
]);
