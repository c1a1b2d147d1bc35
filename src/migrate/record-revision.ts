import { SqlError } from '../core/failure.ts';
import type { Migration } from '../core/migration.ts';
import type { Session } from '../core/ports.ts';
import { ledgerInsert, sharedValuesQuery } from './ledger-row.ts';
import type { LedgerTable } from './ledger-table.ts';
import type { RevisionMatch } from './match-revisions.ts';

/** Why a migration isn't in the ledger although it is applied. `denied`: the role may not write there, which the team's tool would meet too. */
export interface NotRecorded {
  readonly migration: string;
  readonly reason: string;
  readonly denied: boolean;
}

/**
 * Records a migration in the ledger as its tool would, so that the migrated clone is what production would be. golang-migrate's single row is replaced.
 * Inside a transaction a refused row doesn't undo the migration: what went wrong is the answer. Throws SqlError when the connection is lost.
 *
 * @param own what the tool is known to write, by column
 */
export async function recordRevision(
  session: Session,
  ledger: LedgerTable,
  migration: Migration,
  match: RevisionMatch,
  inTransaction: boolean,
  own: Readonly<Record<string, unknown>> = {},
): Promise<NotRecorded | undefined> {
  if (inTransaction) await session.execute('savepoint pgrehearse_ledger');
  try {
    const query = sharedValuesQuery(ledger);
    const [row = {}] = query === undefined ? [] : await session.query<Record<string, unknown>>(query);
    const shared = new Map(Object.entries(row).filter(([, value]) => value !== null));
    const insert = ledgerInsert(ledger, migration, match, shared, own);
    if ('unknownColumn' in insert) {
      if (inTransaction) await session.execute('release savepoint pgrehearse_ledger');
      return {
        migration: migration.revision,
        reason: `${ledger.sqlName} needs a value for ${insert.unknownColumn}, and only its tool knows which`,
        denied: false,
      };
    }
    if (ledger.shape === 'current') await session.execute(`truncate ${ledger.sqlName}`);
    await session.query(insert.text, insert.values);
    if (inTransaction) await session.execute('release savepoint pgrehearse_ledger');
    return undefined;
  } catch (error) {
    if (!(error instanceof SqlError) || error.fields.sqlstate.startsWith('08')) throw error;
    if (inTransaction) await session.execute('rollback to savepoint pgrehearse_ledger');
    return { migration: migration.revision, reason: error.fields.message, denied: error.fields.sqlstate === '42501' };
  }
}
