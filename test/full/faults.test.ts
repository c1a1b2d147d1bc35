import { describeFaults, type FaultCase, type FaultKind } from '../faults/describe-faults.ts';

const kinds: readonly FaultKind[] = ['the copier is killed', 'the source is killed', 'the target is killed', 'the tunnel breaks', 'the disk is full'];

describeFaults(
  (['clone', 'load', 'run'] as const).flatMap((command) => kinds.map((kind): FaultCase => ({ command, kind }))),
  Number(process.env.FAULT_ROUNDS ?? 2),
);
