import type { Settings } from '../../config/schema.ts';
import { toolDefaults } from '../../config/settings/migration-tools.ts';
import { parseQualifiedName } from '../../sql/quote.ts';

/** What tools write besides their ledgers, and ledgers of tools whose migrations we don't read. */
const others = [
  'knex_migrations_lock',
  'ar_internal_metadata',
  'databasechangelog',
  'databasechangeloglock',
  'gorp_migrations',
  '_migrations',
  'migrations_lock',
];

/** Whether a table is where a migration tool writes down what is applied: the configured one, or one of any tool's usual name in any schema. */
export function ledgerTables({ migrate }: Pick<Settings, 'migrate'>): (table: { readonly schema: string; readonly name: string }) => boolean {
  const names = new Set([...Object.values(toolDefaults).flatMap(({ ledger }) => nameOf(ledger.table)), ...others]);
  const own = migrate.ledger === undefined ? undefined : parseQualifiedName(migrate.ledger.table);
  return ({ schema, name }) =>
    // All of Sqitch's tables lie in a schema of its own.
    schema === 'sqitch' ||
    (name !== 'changes' && names.has(name)) ||
    name === migrate.ledger?.table ||
    (own !== undefined && own.name === name && (own.schema === undefined || own.schema === schema));
}

function nameOf(table: string): readonly string[] {
  const parsed = parseQualifiedName(table);
  return parsed === undefined ? [] : [parsed.name];
}
