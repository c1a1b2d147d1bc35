import { failure, SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
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

export interface BatchSample {
  /** Where in the id range it lies: 0 to 1. */
  readonly share: number;
  readonly firstId: string;
  readonly lastId: string;
  /** Rows that the statement changed; null where it reports none. */
  readonly rows: number | null;
  readonly durationMs: number;
}

export interface BackfillSamples {
  readonly samples: readonly BatchSample[];
  /** How many batches all of the table are. */
  readonly batches: number;
  /** If all batches were like the quickest of the samples, and like the slowest; pauses between them not counted. Absent without samples. */
  readonly predictedMs?: { readonly low: number; readonly high: number };
  /** `all`: every place was sampled until batches met; `time`: the time was up. */
  readonly endedBy: 'all' | 'time';
}

/**
 * Runs some batches of a backfill, spread evenly over the table, until the next one would overlap one that has run or the time is up. They are committed: on a clone.
 *
 * Fails with `check-failed`, naming the batch, when a statement fails.
 *
 * @param budgetMs no further batch is begun after this time
 * @example await sampleBackfill(session, { table: 'public.invoice', idColumn: 'id', batchSize: 1000, sql: 'update invoice set … where id between $1 and $2' }, 60_000)
 */
export async function sampleBackfill(session: Session, backfill: Backfill, budgetMs: number): Promise<Result<BackfillSamples>> {
  const startedAt = performance.now();
  const samples: BatchSample[] = [];
  let where = `${backfill.table}.${backfill.idColumn}`;
  try {
    const extent = await extentOf(session, backfill);
    if (extent === undefined) return ok({ samples, batches: 0, endedBy: 'all' });
    let endedBy: BackfillSamples['endedBy'] = 'all';
    for (const share of batchOrder()) {
      const batch = await batchAt(session, backfill, extent, share);
      if (batch === undefined || samples.some((one) => BigInt(one.firstId) <= batch.last && batch.first <= BigInt(one.lastId))) break;
      if (performance.now() - startedAt > budgetMs) {
        endedBy = 'time';
        break;
      }
      where = `the batch from ${batch.first} to ${batch.last}`;
      const began = performance.now();
      const [result] = await session.execute(withIds(backfill.sql, batch));
      const durationMs = performance.now() - began;
      samples.push({ share, firstId: String(batch.first), lastId: String(batch.last), rows: result?.rows ?? null, durationMs });
    }
    const batches = Math.ceil(extent.rows / backfill.batchSize);
    const durations = samples.map(({ durationMs }) => durationMs);
    const predicted = samples.length === 0 ? {} : { predictedMs: { low: Math.min(...durations) * batches, high: Math.max(...durations) * batches } };
    return ok({ samples, batches, ...predicted, endedBy });
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return fail(failure('check-failed', `the backfill of ${backfill.table}, ${where}: ${error.fields.message}`, { object: backfill.table, sql: error.fields }));
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
  const rows = share === 1 ? `${id} <= $1 order by ${id} desc` : `${id} >= $1 order by ${id}`;
  const query = `select min(id)::text as first, max(id)::text as last from (select ${id}::bigint as id from ${table} where ${rows} limit $2) batch`;
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
