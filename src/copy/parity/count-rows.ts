import type { TableCount } from '../../core/data.ts';
import { FailureError } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { qualifiedName } from '../../sql/quote.ts';
import { countableTables } from './countable-tables.ts';
import { sortedCounts } from './sorted-counts.ts';

export interface CountOptions {
  /** Sessions that count side by side; 2 unless told. */
  readonly jobs?: number;
  /** Materialized views too; true unless told. A source's counts hold none: a copy's views are fresh, production's may be stale. */
  readonly materializedViews?: boolean;
}

/**
 * Exact row counts of every table outside the system's schemas and the extensions' own, by schema and name. Rows are counted past row level security, so the address
 * must be a superuser's or of a role with BYPASSRLS. Throws SqlError and FailureError.
 *
 * @example await countRows(context, clone.admin)
 */
export async function countRows(context: Context, address: Address, options: CountOptions = {}): Promise<readonly TableCount[]> {
  const [first, ...others] = await Promise.all(Array.from({ length: options.jobs ?? 2 }, () => openCounter(context, address)));
  if (first === undefined) return [];
  try {
    const waiting = [...(await countableTables(first, options.materializedViews ?? true))];
    const counts: TableCount[] = [];
    const work = async (session: Session) => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const from = `${next.tree ? '' : 'only '}${qualifiedName(next.schema, next.table)}`;
        const [row] = await session.query<{ rows: string }>(`select pg_catalog.count(*) as rows from ${from}`);
        counts.push({ schema: next.schema, table: next.table, rows: Number(row?.rows) });
      }
    };
    await Promise.all([first, ...others].map(work));
    return sortedCounts(counts);
  } finally {
    await Promise.all([first, ...others].map((session) => session.close()));
  }
}

async function openCounter(context: Context, address: Address): Promise<Session> {
  const opened = await context.edge.postgres.connect(address, { applicationName: 'pgrehearse count', signal: context.signal });
  if (!opened.ok) throw new FailureError(opened.failure);
  await opened.value.execute("set row_security = off; set statement_timeout = 0; set lock_timeout = 0; set search_path = ''");
  return opened.value;
}
