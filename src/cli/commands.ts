import type { Command } from './command.ts';
import { explain } from './commands/explain.ts';
import { init } from './commands/init.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [init, explain];
