import type { Settings } from '../../config/schema.ts';
import type { SyncSettings } from '../../config/settings/sync.ts';
import type { TableChoice } from '../../sync/tables/choose-tables.ts';
import { ledgerTables } from './ledger-tables.ts';
import { stampSchema } from './read-identity.ts';

/** @param only patterns of the command line; all that is configured unless given */
export function tableChoice({ tables }: SyncSettings, settings: Pick<Settings, 'migrate'>, only?: readonly string[]): TableChoice {
  const isLedger = ledgerTables(settings);
  const { exclude, mode, modes } = tables;
  return {
    ...{ mode, modes, include: only ?? tables.include, exclude: [...exclude, `${stampSchema}.*`] },
    isLedger: (table) => tables.ledgers === 'skip' && isLedger(table),
  };
}
