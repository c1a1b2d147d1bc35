import { SqlError } from '../core/failure.ts';
import type { Migration } from '../core/migration.ts';
import type { Session } from '../core/ports.ts';
import { quoteIdentifier } from '../sql/quote.ts';
import { ledgerInsert } from './ledger-row.ts';
import type { LedgerTable } from './ledger-table.ts';
import { matchRevisions, type RevisionMatch } from './match-revisions.ts';
import type { NotRecorded } from './record-revision.ts';

/** What is taken back, among all migrations of the repo, which are in order. */
export interface TakenBack {
  readonly revision: string;
  readonly migrations: readonly Migration[];
  /** What the tool is known to write for a migration, by column. */
  readonly ownValues?: (migration: Migration) => Readonly<Record<string, unknown>>;
}

/**
 * Takes a migration out of the ledger as its tool would: its row is deleted; Prisma's is marked as rolled back; golang-migrate's single row names the
 * migration before. Inside a transaction a refusal doesn't undo the way down: what went wrong is the answer. Throws SqlError when the connection is lost.
 */
export async function unrecordRevision(
  session: Session,
  ledger: LedgerTable,
  taken: TakenBack,
  match: RevisionMatch,
  inTransaction: boolean,
): Promise<NotRecorded | undefined> {
  if (inTransaction) await session.execute('savepoint pgrehearse_ledger');
  try {
    const unknown = await remove(session, ledger, taken, match);
    if (inTransaction) await session.execute('release savepoint pgrehearse_ledger');
    return unknown === undefined ? undefined : { migration: taken.revision, reason: unknown, denied: false };
  } catch (error) {
    if (!(error instanceof SqlError) || error.fields.sqlstate.startsWith('08')) throw error;
    if (inTransaction) await session.execute('rollback to savepoint pgrehearse_ledger');
    return { migration: taken.revision, reason: error.fields.message, denied: error.fields.sqlstate === '42501' };
  }
}

/** Why it couldn't be done; undefined: it is done, or the migration wasn't recorded. */
async function remove(
  session: Session,
  ledger: LedgerTable,
  { revision, migrations, ownValues }: TakenBack,
  match: RevisionMatch,
): Promise<string | undefined> {
  if (ledger.shape === 'current') {
    await session.execute(`truncate ${ledger.sqlName}`);
    const previous = migrations[migrations.findIndex((one) => one.revision === revision) - 1];
    const insert = previous === undefined ? undefined : ledgerInsert(ledger, previous, match, new Map(), ownValues?.(previous));
    if (insert !== undefined && 'unknownColumn' in insert) return `${ledger.sqlName} needs a value for ${insert.unknownColumn}, and only its tool knows which`;
    if (insert !== undefined) await session.query(insert.text, insert.values);
    return undefined;
  }
  const column = quoteIdentifier(ledger.column);
  const taken = migrations.find((one) => one.revision === revision);
  const recorded = taken === undefined ? undefined : ownValues?.(taken)[ledger.column];
  if (recorded !== undefined && recorded !== null && ledger.shape !== 'prisma') {
    await session.query(`delete from ${ledger.sqlName} l where l.${column}::text = $1`, [String(recorded)]);
    return undefined;
  }
  const find = matchRevisions(migrations, match);
  const rows = await session.query<{ value: string }>(`select l.${column}::text as value from ${ledger.sqlName} l where l.${column} is not null order by 1`);
  const values = rows.map(({ value }) => value).filter((value) => find(value)?.revision === revision);
  const change = ledger.shape === 'prisma' ? `update ${ledger.sqlName} l set rolled_back_at = pg_catalog.clock_timestamp()` : `delete from ${ledger.sqlName} l`;
  await session.query(`${change} where l.${column}::text = any($1)`, [values]);
  return undefined;
}
