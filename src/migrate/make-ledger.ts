import type { Session } from '../core/ports.ts';
import { parseQualifiedName, qualifiedName } from '../sql/quote.ts';
import { findLedgerTable } from './ledger-table.ts';
import type { MigrateSettings } from './migrate-settings.ts';
import { adapterOf } from './tools/adapters.ts';

/**
 * Makes the table in which the tool records what is applied, as the tool itself would, where there is none; for tools that have no way to stamp. Gives false where nobody but the
 * tool knows how. The session's role becomes its owner, as with the tool. Throws SqlError.
 */
export async function makeLedger(session: Session, settings: MigrateSettings): Promise<boolean> {
  const { ledger } = settings;
  const ledgerDdl = adapterOf(settings)?.ledgerDdl;
  if (ledger === undefined) return false;
  if ((await findLedgerTable(session, ledger)).ok) return true;
  if (ledgerDdl === undefined) return false;
  const { schema, name } = parseQualifiedName(ledger.table) ?? { schema: undefined, name: ledger.table };
  // Unless a schema is named, tools put it where new tables go.
  const [place] = schema === undefined ? await session.query<{ schema: string | null }>('select pg_catalog.current_schema()::text as schema') : [{ schema }];
  const within = place?.schema ?? 'public';
  await session.execute(ledgerDdl({ schema: within, name, sqlName: qualifiedName(within, name) }));
  return true;
}
