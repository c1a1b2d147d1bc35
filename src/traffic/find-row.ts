import { SqlError } from '../core/failure.ts';
import type { Session } from '../core/ports.ts';
import { quoteLiteral } from '../sql/quote.ts';
import { isReadWhole, type TrafficTable } from './traffic-table.ts';

/** A row policy that lets the role see next to nothing makes even `limit 1` read the whole table. */
const patienceMs = 2_000;

/**
 * A condition that finds at most one row cheaply, and goes on doing so whatever the migrations do to the others: by key, else by where it lies.
 * A partitioned table is read by place in all of its partitions, unless they are very many: so each one's lock is met.
 * Empty for what has neither, such as a view. Throws SqlError.
 *
 * @example await findRow(session, table) // `where id = '17'`
 */
export async function findRow(session: Session, table: TrafficTable): Promise<string> {
  if (table.kind === 'view' || table.kind === 'foreign table') return '';
  const byPlace = `where ctid = '(0,1)'`;
  if (table.key.length === 0 || (table.kind === 'partitioned table' && isReadWhole(table))) return byPlace;
  const [row] = await quickly(session, `select ${table.key.map((column, at) => `${column}::text as k${at}`).join(', ')} from ${table.name} limit 1`);
  if (row === undefined) return byPlace;
  return `where ${table.key.map((column, at) => `${column} = ${quoteLiteral(row[`k${at}`] ?? '')}`).join(' and ')}`;
}

async function quickly(session: Session, query: string): Promise<readonly Readonly<Record<string, string>>[]> {
  await session.execute(`begin read only; set local statement_timeout = ${patienceMs}`);
  try {
    return await session.query(query);
  } catch (error) {
    if (error instanceof SqlError && error.fields.sqlstate === '57014') return [];
    throw error;
  } finally {
    await session.execute('rollback');
  }
}
