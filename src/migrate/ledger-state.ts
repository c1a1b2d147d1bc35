import type { Session } from '../core/ports.ts';
import { findLedgerTable, type LedgerTable } from './ledger-table.ts';
import type { MigrateSettings } from './migrate-settings.ts';
import { readLedger } from './read-ledger.ts';
import { adapterOf } from './tools/adapters.ts';

/** Whether production was ever told which migrations it has. */
export type LedgerState = { readonly kind: 'absent' } | { readonly kind: 'empty' | 'filled'; readonly table: LedgerTable; readonly rows: readonly string[] };

/** Looks for the list of applied migrations. Throws SqlError. */
export async function readLedgerState(session: Session, settings: MigrateSettings): Promise<LedgerState> {
  if (settings.ledger === undefined) return { kind: 'absent' };
  const found = await findLedgerTable(session, settings.ledger);
  if (!found.ok) return { kind: 'absent' };
  const read = adapterOf(settings)?.readLedger;
  const rows = read === undefined ? await readLedger(session, found.value) : await read(session, found.value, []);
  return { kind: rows.length === 0 ? 'empty' : 'filled', table: found.value, rows: rows.map(({ value }) => value) };
}
