import type { Failure } from '../../core/failure.ts';
import { failure } from '../../core/failure.ts';
import type { Migration, StatementRecord } from '../../core/migration.ts';
import type { Context } from '../../core/ports.ts';
import { ok } from '../../core/result.ts';
import { applyMigrations } from '../../migrate/apply-sql.ts';
import { readLineage } from '../../migrate/lineage.ts';
import { newlines, splitStatements } from '../../sql/split-statements.ts';
import type { Besides, SpareClone } from '../spare-clone.ts';
import { withSession } from '../with-session.ts';

/** A statement of a migration. */
export interface StatementAt {
  readonly migration: string;
  /** 1-based. */
  readonly statement: number;
}

/** How a second run ended: well, or at a statement. */
export interface RunAgain {
  readonly failure?: Failure;
  readonly failedAt?: StatementRecord;
}

/**
 * Runs the deploy again, as its tool would: what its ledger calls applied isn't run. Where no ledger is known, what was done before the cut isn't either.
 *
 * @param done revisions that were done before the cut
 * @param skipped statements that are left out
 */
export async function runAgain(
  context: Context,
  spare: SpareClone,
  { request, provided, line, noTransaction }: Besides,
  done: ReadonlySet<string>,
  skipped: readonly StatementAt[] = [],
): Promise<RunAgain> {
  const { migrate } = request.settings;
  if (migrate.tool === 'command') throw new Error('a command is run again by itself');
  const pending = await withSession(context, spare.clone.admin, async (session) => {
    if (line.from !== 'ledger') return ok(line.pending.filter(({ revision }) => !done.has(revision)));
    const now = await readLineage(session, migrate, provided.migrations);
    // What this deploy doesn't bring is another's business, as it was before.
    return now.ok ? ok(now.value.pending.filter(({ revision }) => line.pending.some((one) => one.revision === revision))) : now;
  });
  if (!pending.ok) return { failure: pending.failure };
  let failedAt: StatementRecord | undefined;
  const applied = await applyMigrations(context, {
    address: spare.migrator.address,
    pending: pending.value.map((migration) => withoutStatements(migration, skipped)),
    settings: migrate,
    noTransaction,
    emit: (event) => {
      if (event.type === 'statement' && event.statement.error !== undefined) failedAt = event.statement;
    },
  });
  if (applied.ok && applied.value.kind === 'applied') return {};
  const failed = applied.ok ? failure('migration-failed', 'It can’t run inside a transaction now.') : applied.failure;
  return { failure: failed, ...(failedAt === undefined ? {} : { failedAt }) };
}

/** A migration in which some statements are `select`, which does nothing: numbers, lines and the way in which it is sent stay. */
export function withoutStatements(migration: Migration, skipped: readonly StatementAt[]): Migration {
  const numbers = new Set(skipped.filter((one) => one.migration === migration.revision).map(({ statement }) => statement));
  if (numbers.size === 0) return migration;
  let { up } = migration;
  // From the end, so that offsets stay true.
  for (const [at, { text, start }] of [...splitStatements(migration.up).entries()].reverse()) {
    if (numbers.has(at + 1)) up = `${up.slice(0, start)}select${'\n'.repeat(newlines(text))}${up.slice(start + text.length)}`;
  }
  return { ...migration, up };
}
