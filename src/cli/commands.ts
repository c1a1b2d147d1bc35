import type { Command } from './command.ts';
import { clones } from './commands/clones.ts';
import { drop } from './commands/drop.ts';
import { env } from './commands/env.ts';
import { evidenceVerify } from './commands/evidence-verify.ts';
import { exec } from './commands/exec.ts';
import { explain } from './commands/explain.ts';
import { gc } from './commands/gc.ts';
import { init } from './commands/init.ts';
import { runs } from './commands/runs.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [init, exec, env, runs, evidenceVerify, drop, clones, gc, explain];
