import type { Session } from '../core/ports.ts';
import { quoteIdentifier } from '../sql/quote.ts';
import type { LedgerTable } from './ledger-table.ts';

/** Columns that tell two rows of one value apart: Django’s apps, Drizzle’s times, of which several may share a hash. */
const tellsApart = ({ name, type }: LedgerTable['columns'][number]) => name === 'app' || (name === 'created_at' && type === 'bigint');

/** Whether an index keeps a column’s values, alone or with others, from being there twice. */
const keyedQuery = `
select exists (
  select from pg_catalog.pg_index i
  join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey::int2[])
  where i.indrelid = $1::oid and i.indisunique and a.attname = $2) as keyed`;

/**
 * Values that a ledger names several times where nothing keeps its tool from writing them again, as with Knex. Ledgers that keep more than one row of a
 * revision on purpose are left out. Throws SqlError.
 */
export async function readRepeated(session: Session, ledger: LedgerTable): Promise<readonly string[]> {
  if (ledger.shape !== 'plain') return [];
  const [key] = await session.query<{ keyed: boolean }>(keyedQuery, [ledger.oid, ledger.column]);
  if (key?.keyed !== false) return [];
  const columns = [ledger.column, ...ledger.columns.filter(tellsApart).map(({ name }) => name)].map((name) => `l.${quoteIdentifier(name)}`);
  const rows = await session.query<{ value: string }>(
    `select distinct r.value from (select ${columns[0]}::text as value from ${ledger.sqlName} l group by ${columns.join(', ')} having count(*) > 1) r order by r.value`,
  );
  return rows.map(({ value }) => value);
}
