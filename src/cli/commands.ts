import type { Command } from './command.ts';
import { clone } from './commands/clone.ts';
import { clones } from './commands/clones.ts';
import { connections } from './commands/connections.ts';
import { demo } from './commands/demo.ts';
import { diff } from './commands/diff.ts';
import { doctor } from './commands/doctor.ts';
import { drop } from './commands/drop.ts';
import { dumps } from './commands/dumps.ts';
import { env } from './commands/env.ts';
import { evidenceVerify } from './commands/evidence-verify.ts';
import { exec } from './commands/exec.ts';
import { explain } from './commands/explain.ts';
import { fresh } from './commands/fresh.ts';
import { gc } from './commands/gc.ts';
import { images } from './commands/images.ts';
import { init } from './commands/init.ts';
import { load } from './commands/load.ts';
import { mask } from './commands/mask.ts';
import { preflight } from './commands/preflight.ts';
import { report } from './commands/report.ts';
import { reset } from './commands/reset.ts';
import { rollback } from './commands/rollback.ts';
import { run } from './commands/run.ts';
import { runbook } from './commands/runbook.ts';
import { runs } from './commands/runs.ts';
import { sync } from './commands/sync.ts';

export interface CommandGroup {
  readonly heading: string;
  readonly commands: readonly Command[];
}

/** Every command, as the help lists them. */
export const commandGroups: readonly CommandGroup[] = [
  { heading: 'First steps:', commands: [demo, init, doctor, explain] },
  { heading: 'Rehearse:', commands: [run, rollback, preflight, runbook, diff, runs, report, evidenceVerify] },
  { heading: 'Staging:', commands: [sync] },
  { heading: 'Copies of production:', commands: [clone, mask, load, fresh, reset, exec, env, clones, connections, images, dumps, drop, gc] },
];

export const commands: readonly Command[] = commandGroups.flatMap((group) => group.commands);
