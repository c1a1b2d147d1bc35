import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { applyMigrations } from '../../migrate/apply-sql.ts';
import type { Lineage } from '../../migrate/lineage.ts';
import { runMigrationCommand } from '../../migrate/run-command.ts';
import type { RehearseRequest } from '../request.ts';
import type { Attempt } from './attempt.ts';

/** How many were applied, or the migration that has to be tried again outside of a transaction. */
export interface Applied {
  /** Undefined where the team's tool keeps it to itself. */
  readonly count: number | undefined;
  readonly again?: string;
  /** What the team's tool, and all that it started, carries in its environment. */
  readonly mark?: string;
}

/**
 * Runs what is pending: by our own runner, or by the team's tool.
 *
 * @param through where the migrator logs in: the recorder, or the clone itself
 */
export async function applyPending(
  context: Context,
  { settings, folder }: RehearseRequest,
  line: Lineage,
  { migrator, statements, rows, noTransaction }: Attempt,
  through: Address,
): Promise<Result<Applied>> {
  const { migrate } = settings;
  if (migrate.tool === 'command') {
    // The tool is ended with its connections: what it would still do without a database is of no use to anybody.
    const ended = rows === undefined ? context : { ...context, signal: AbortSignal.any([context.signal, rows.stopping]) };
    const ran = await runMigrationCommand(ended, migrate, migrator.address, folder, 'migrate', through);
    const stopped = rows?.stopped();
    if (stopped !== undefined && !context.signal.aborted) return fail(stopped);
    return ran.ok ? ok({ count: ran.value.recorded?.length, mark: ran.value.mark }) : ran;
  }
  const applied = await applyMigrations(context, {
    address: through,
    pending: line.pending,
    settings: migrate,
    noTransaction,
    ...(rows === undefined ? {} : { watch: rows.ofRunner }),
    emit: (event) => {
      if (event.type === 'statement') statements.push(event.statement);
      context.emit(event);
    },
  });
  if (!applied.ok) return applied;
  if (applied.value.kind === 'needs-new-clone') return ok({ count: undefined, again: applied.value.migration });
  for (const { migration, reason } of applied.value.notRecorded)
    context.emit({ type: 'step', phase: 'migrate', text: `${migration} was not recorded in the ledger: ${reason}` });
  return ok({ count: applied.value.outcomes.length });
}
