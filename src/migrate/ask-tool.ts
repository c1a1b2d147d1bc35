import { join } from 'node:path';
import type { ToolAnswer } from '../core/lineage.ts';
import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import type { Address } from '../core/server.ts';
import { commandEnvironment, leadsElsewhere, withoutPassword } from './command-environment.ts';
import type { MigrateSettings } from './migrate-settings.ts';

/** How long a question may take: it reads files and one small table. */
const patienceMs = 120_000;

/**
 * Has the team's tool say something about a clone, such as `alembic current`. Nothing is changed, and an exit code other than 0 is an answer too.
 *
 * Fails with `command-not-found`.
 *
 * @example await askTool(context, settings, migrator, folder, { about: 'current', moment: 'after-stamp', command: ['alembic', 'current'] })
 */
export async function askTool(
  context: Context,
  settings: MigrateSettings,
  address: Address,
  projectFolder: string,
  question: Pick<ToolAnswer, 'about' | 'moment' | 'command'>,
): Promise<Result<ToolAnswer>> {
  const [command = '', ...args] = question.command;
  // Where we run the statements ourselves, the tool gets what any command gets.
  const started = settings.tool === 'command' ? settings : { env: {} };
  const lines: string[] = [];
  const ran = await context.edge.system.run({
    command,
    args,
    cwd: join(projectFolder, ('workingFolder' in started ? started.workingFolder : undefined) ?? '.'),
    env: commandEnvironment(context.entrance?.(address) ?? address, started),
    inheritEnvironment: true,
    withoutVariable: leadsElsewhere(started.env),
    timeoutMs: patienceMs,
    signal: context.signal,
    onLine: (_stream, line) => lines.push(withoutPassword(line, address)),
  });
  if (!ran.ok) return ran;
  return ok({ ...question, exitCode: ran.value.exitCode, lines });
}

/** The revisions that an answer names, each as a word of its own, in their order in the repo. */
export function revisionsNamed({ lines }: Pick<ToolAnswer, 'lines'>, revisions: readonly string[]): readonly string[] {
  const words = new Set(lines.flatMap((line) => line.split(/[\s,;()[\]'"<>]+/)));
  return revisions.filter((revision) => words.has(revision));
}
