import type { ChildProcess } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import { processesIn } from '../program/stage.ts';
import type { FaultStage } from './fault-stage.ts';
import type { SmallDisks } from './small-disks.ts';

export const faultKinds = [
  'the copier is killed',
  'the source is killed',
  'the target is killed',
  'the tunnel breaks',
  'the tunnel breaks for a moment',
  'the disk is full',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/**
 * Does the worst to a program that is held.
 *
 * @returns false when there was nothing that this fault could strike
 */
export async function strike(kind: FaultKind, { production, tunnel, home }: FaultStage, child: ChildProcess, disks: SmallDisks | undefined): Promise<boolean> {
  switch (kind) {
    case 'the copier is killed':
      return child.kill('SIGKILL');
    case 'the source is killed':
      // Production's own affair, where nothing of ours is connected to it.
      if (tunnel.connections === 0) return false;
      await production.crash();
      return true;
    case 'the tunnel breaks':
    case 'the tunnel breaks for a moment':
      if (tunnel.connections === 0) return false;
      tunnel.cut();
      if (kind === 'the tunnel breaks for a moment') tunnel.mend();
      return true;
    case 'the target is killed':
      return killServers(home) > 0;
    case 'the disk is full':
      disks?.fill();
      return true;
    default:
      return unknownKind(kind);
  }
}

/** Servers of the program's own, wherever they are. */
function killServers(home: string): number {
  const pids = processesIn(home).flatMap((line) => (/bin\/postgres\b/.test(line) ? [line.trim().split(' ')[0] ?? ''] : []));
  return pids.filter((pid) => spawnSync('kill', ['-KILL', pid]).status === 0).length;
}

function unknownKind(kind: never): never {
  throw new Error(`unknown fault ${String(kind)}`);
}
