import { describeFaults, type FaultCase } from '../faults/describe-faults.ts';

/** Each fault of what the command uses. */
const cases: readonly FaultCase[] = [
  { command: 'clone', kind: 'the copier is killed' },
  { command: 'clone', kind: 'the source is killed' },
  { command: 'clone', kind: 'the tunnel breaks' },
  { command: 'clone', kind: 'the disk is full' },
  { command: 'clone --resume', kind: 'the copier is killed' },
  { command: 'clone --resume', kind: 'the tunnel breaks' },
  { command: 'clone --resume', kind: 'the disk is full' },
  { command: 'load', kind: 'the copier is killed' },
  { command: 'load', kind: 'the target is killed' },
  { command: 'load', kind: 'the disk is full' },
  { command: 'reset', kind: 'the copier is killed' },
  { command: 'reset', kind: 'the target is killed' },
  { command: 'run', kind: 'the copier is killed' },
  { command: 'run', kind: 'the source is killed' },
  { command: 'run', kind: 'the target is killed' },
  { command: 'run', kind: 'the tunnel breaks' },
  { command: 'run', kind: 'the disk is full' },
  { command: 'run, unchanging source', kind: 'the tunnel breaks for a moment' },
  { command: 'run, unchanging source', kind: 'the copier is killed' },
  { command: 'gc', kind: 'the copier is killed' },
];

describeFaults(cases, { rounds: Number(process.env.FAULT_ROUNDS ?? 2) });
