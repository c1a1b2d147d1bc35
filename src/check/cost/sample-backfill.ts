import type { BackfillReport, BatchSample } from '../../core/cost.ts';
import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import { significantTokens } from '../../sql/significant-tokens.ts';
import { batchOrder } from './batch-order.ts';

export interface Backfill {
  /** Schema-qualified, quoted where needed. */
  readonly table: string;
  /** An integer column with an index, by which the batches are cut. */
  readonly idColumn: string;
  /** Rows of the table in a batch. */
  readonly batchSize: number;
  /** One statement; `$1` and `$2` stand for the first and the last id of the batch. */
  readonly sql: string;
}

export type BackfillSamples = Pick<BackfillReport, 'samples' | 'batches' | 'endedBy' | 'error'>;

/**
 * Runs some batches of a backfill, spread evenly over the table, until the next one would overlap one that has run, one fails, or the time is up. They are
 * committed: on a clone.
 *
 * @param budgetMs no further batch is begun after this time
 * @example await sampleBackfill(session, { table: 'public.invoice', idColumn: 'id', batchSize: 1000, sql: 'update invoice set … where id between $1 and $2' }, 60_000)
 */
export async function sampleBackfill(session: Session, backfill: Backfill, budgetMs: number): Promise<BackfillSamples> {
  const startedAt = performance.now();
  const samples: BatchSample[] = [];
  let batches = 0;
  let statement = backfill.sql;
  try {
    const extent = await extentOf(session, backfill);
    if (extent === undefined) return { samples, batches, endedBy: 'all' };
    batches = Math.ceil(extent.rows / backfill.batchSize);
    for (const share of batchOrder()) {
      const batch = await batchAt(session, backfill, extent, share);
      if (batch === undefined || samples.some((one) => BigInt(one.firstId) <= batch.last && batch.first <= BigInt(one.lastId))) break;
      if (performance.now() - startedAt > budgetMs) return { samples, batches, endedBy: 'time' };
      statement = withIds(backfill.sql, batch);
      const began = performance.now();
      const [result] = await session.execute(statement);
      const durationMs = performance.now() - began;
      samples.push({ share, firstId: String(batch.first), lastId: String(batch.last), rows: result?.rows ?? null, durationMs });
    }
    return { samples, batches, endedBy: 'all' };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return { samples, batches, endedBy: 'error', error: { ...error.fields, statement } };
  }
}

interface Extent {
  readonly first: bigint;
  readonly last: bigint;
  readonly rows: number;
}

async function extentOf(session: Session, { table, idColumn }: Backfill): Promise<Extent | undefined> {
  const id = quoteIdentifier(idColumn);
  const query = `select min(${id})::bigint::text as first, max(${id})::bigint::text as last, count(${id})::text as rows from ${table}`;
  const [row] = await session.query<{ first: string | null; last: string | null; rows: string }>(query);
  if (row === undefined || row.first === null || row.last === null) return undefined;
  return { first: BigInt(row.first), last: BigInt(row.last), rows: Number(row.rows) };
}

/** The batch that begins at this share of the id range; the last one ends at its end. */
async function batchAt(
  session: Session,
  { table, idColumn, batchSize }: Backfill,
  { first, last }: Extent,
  share: number,
): Promise<{ first: bigint; last: bigint } | undefined> {
  const id = quoteIdentifier(idColumn);
  // Shares are fractions with a power of two below, so that this is exact; ids may be larger than what a number holds.
  const at = first + ((last - first) * BigInt(Math.round(share * 2 ** 40))) / 2n ** 40n;
  // By the column itself and not by what it is cast to, so that its index is used.
  const rows = share === 1 ? `t.${id} <= $1 order by t.${id} desc` : `t.${id} >= $1 order by t.${id}`;
  const query = `select min(batch.id)::text as first, max(batch.id)::text as last from (select t.${id}::bigint as id from ${table} t where ${rows} limit $2) batch`;
  const [row] = await session.query<{ first: string | null; last: string | null }>(query, [String(at), batchSize]);
  return row?.first == null || row.last == null ? undefined : { first: BigInt(row.first), last: BigInt(row.last) };
}

/** Ids in place of the parameters: the tag of a plain statement says how many rows it changed. */
function withIds(sql: string, { first, last }: { readonly first: bigint; readonly last: bigint }): string {
  let text = sql;
  const parameters = significantTokens(sql).filter(({ kind }) => kind === 'parameter');
  for (const { text: name, start, end } of parameters.toReversed()) {
    const id = name === '$1' ? first : name === '$2' ? last : undefined;
    if (id !== undefined) text = `${text.slice(0, start)}${id < 0n ? `(${id})` : id}${text.slice(end)}`;
  }
  return text;
}
