import { createHash, randomUUID } from 'node:crypto';
import type { Migration } from '../core/migration.ts';
import { qualifiedName, quoteIdentifier } from '../sql/quote.ts';
import type { LedgerColumn, LedgerTable } from './ledger-table.ts';
import { type RevisionMatch, revisionValue } from './match-revisions.ts';
import { readVersion } from './version.ts';

/** The statement that records a migration, or the column for which no value is known. */
export type LedgerInsert = { readonly text: string; readonly values: readonly unknown[] } | { readonly unknownColumn: string };

/**
 * The row that the team's tool would write. Columns with a default are left to it. The others are filled where their meaning is known:
 * the revision itself, the checksums and flags of sqlx, goose, Prisma and Flyway, names and times; or with the one value that all rows share.
 *
 * @param shared values that are the same in every row, by column
 * @param own what the tool is known to write, by column; null for a column that it leaves empty
 */
export function ledgerInsert(
  ledger: LedgerTable,
  migration: Migration,
  match: RevisionMatch,
  shared: ReadonlyMap<string, unknown>,
  own: Readonly<Record<string, unknown>> = {},
): LedgerInsert {
  const columns: string[] = [];
  const expressions: string[] = [];
  const values: unknown[] = [];
  for (const column of ledger.columns) {
    if (own[column.name] === null) continue;
    const value = own[column.name] ?? (column.name === ledger.column ? revisionValue(migration, match) : knownValue(ledger, column, migration));
    if (value === undefined && !column.required) continue;
    const given = value ?? shared.get(column.name);
    if (given === undefined) return { unknownColumn: column.name };
    columns.push(quoteIdentifier(column.name));
    if (given === currentTime) expressions.push('pg_catalog.clock_timestamp()');
    else if (given === currentUser) expressions.push('current_user');
    else if (given === nextRank) expressions.push(`(select coalesce(max(l.${quoteIdentifier(column.name)}), 0) + 1 from ${ledger.sqlName} l)`);
    else {
      values.push(given);
      // Bound as text and cast by the server, so that the column's own type decides.
      expressions.push(`$${values.length}::text::${column.type}`);
    }
  }
  return { text: `insert into ${ledger.sqlName} (${columns.join(', ')}) values (${expressions.join(', ')})`, values };
}

const currentTime = Symbol('now');
const currentUser = Symbol('user');
const nextRank = Symbol('next');

/** Values by the column's name and type; undefined where the column is nobody's we know. */
function knownValue(ledger: LedgerTable, column: LedgerColumn, migration: Migration): unknown {
  const rest = readVersion(migration.revision)?.rest ?? migration.revision;
  switch (column.name) {
    case 'checksum':
      if (ledger.shape === 'prisma') return migration.sha256;
      return column.type === 'bytea' ? `\\x${createHash('sha384').update(migration.up).digest('hex')}` : undefined;
    case 'success':
    case 'is_applied':
      return true;
    case 'dirty':
      return false;
    case 'finished_at':
      return currentTime;
    case 'applied_steps_count':
      return 1;
    case 'installed_rank':
      return nextRank;
    default:
      break;
  }
  if (!column.required) return undefined;
  if (column.type.startsWith('timestamp')) return currentTime;
  if (ledger.shape === 'prisma' && column.name === 'id') return randomUUID();
  switch (column.name) {
    case 'description':
    case 'name':
      return rest.replaceAll('_', ' ');
    case 'execution_time':
      return 0;
    case 'installed_by':
      return currentUser;
    case 'script':
      return migration.file.split('/').at(-1);
    case 'type':
      return 'SQL';
    default:
      return undefined;
  }
}

/** Which columns hold the same value in every row, such as river's `line`. Only asked for columns that need a value. */
export function sharedValuesQuery(ledger: LedgerTable): string | undefined {
  const columns = ledger.columns.filter(({ required, name }) => required && name !== ledger.column);
  if (columns.length === 0) return undefined;
  const pairs = columns.map(({ name }) => {
    const column = `l.${quoteIdentifier(name)}`;
    return `case when count(distinct ${column}::text) = 1 then min(${column}::text) end as ${quoteIdentifier(name)}`;
  });
  return `select ${pairs.join(', ')} from ${qualifiedName(ledger.schema, ledger.name)} l`;
}
