import { createHash } from 'node:crypto';
import type { Settings } from '../../config/schema.ts';
import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { findLedgerTable } from '../../migrate/ledger-table.ts';

/** MD5 over all rows of production's list of applied migrations; undefined where there is no such table, or it can't be read. */
export async function ledgerFingerprint(session: Session, migrate: Settings['migrate']): Promise<string | undefined> {
  if (migrate.ledger === undefined) return undefined;
  // Inside the snapshot's transaction, which an error would end.
  await session.execute('savepoint ledger_fingerprint');
  try {
    const found = await findLedgerTable(session, migrate.ledger);
    if (!found.ok) return undefined;
    const rows = await session.query<{ row: string }>(`select l::text as row from ${found.value.sqlName} l order by l::text collate "C"`);
    return createHash('md5')
      .update(JSON.stringify(rows.map(({ row }) => row)))
      .digest('hex');
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    await session.execute('rollback to savepoint ledger_fingerprint');
    return undefined;
  }
}
