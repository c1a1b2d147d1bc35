import { join } from 'node:path';
import type { Settings } from '../../config/schema.ts';
import type { Context } from '../../core/ports.ts';
import { leadsElsewhere } from '../../migrate/command-environment.ts';
import { adapterOf } from '../../migrate/tools/adapters.ts';

/** How long a tool may take to say its version. */
const patienceMs = 30_000;

/**
 * How the migration tool is called in the record: by its own name where it is known, with its version where it is going to be started, else by the command
 * that runs it.
 *
 * @example await toolName(context, settings.migrate, folder) // 'alembic 1.8.1 (alembic upgrade head)'
 */
export async function toolName(context: Context, migrate: Settings['migrate'], projectFolder: string): Promise<string> {
  if (migrate.adapter === undefined) return migrate.tool === 'command' ? migrate.command.join(' ') : `SQL files (${migrate.layout})`;
  if (migrate.tool === 'sql-files') return migrate.adapter;
  const version = await askVersion(context, migrate, projectFolder);
  return `${migrate.adapter}${version === undefined ? '' : ` ${version}`} (${migrate.command.join(' ')})`;
}

/** Undefined where the tool doesn't start or doesn't say: that it is missing shows when it is needed. */
async function askVersion(context: Context, migrate: Extract<Settings['migrate'], { tool: 'command' }>, projectFolder: string): Promise<string | undefined> {
  const [command, ...args] = adapterOf(migrate)?.commands(migrate).version ?? [];
  if (command === undefined) return undefined;
  const lines: string[] = [];
  const ran = await context.edge.system.run({
    command,
    args,
    cwd: join(projectFolder, migrate.workingFolder ?? '.'),
    inheritEnvironment: true,
    // It has no business with any database.
    withoutVariable: leadsElsewhere(migrate.env),
    timeoutMs: patienceMs,
    signal: context.signal,
    onLine: (_stream, line) => lines.push(line),
  });
  if (!ran.ok || ran.value.exitCode !== 0) return undefined;
  return /\d+(?:\.\d+)+[\w.+-]*/.exec(lines.join('\n'))?.[0];
}
