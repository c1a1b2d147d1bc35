import type { TableHash } from '../../core/data.ts';
import type { Session } from '../../core/ports.ts';
import type { HashRow, PageRange, RowSample } from './hash-query.ts';
import type { HashableTable } from './hashable-tables.ts';
import { SumOfHashes } from './sum-of-hashes.ts';

export interface ReadOptions {
  /** Larger tables are read in parts of so many blocks, side by side, or by parallel workers of the server; 4,096 (32 MB) unless told. */
  readonly partPages?: number;
  /** Whether the server may give its parallel workers to large tables, in place of sessions; it may unless told. */
  readonly workers?: boolean;
  /** Whether the server may compile the queries of large tables, where its own jit isn't off; not unless told. */
  readonly compiled?: boolean;
  /** Told while reading: bytes of tables that are done, and of all. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/** Reads tables side by side, the largest first, and adds up what belongs together. Throws SqlError. */
export async function readTables(
  sessions: readonly Session[],
  tables: readonly HashableTable[],
  queryOf: (table: HashableTable, pages: PageRange | undefined) => string,
  sampleOf: (table: HashableTable) => RowSample | undefined,
  signal: AbortSignal,
  options: ReadOptions,
): Promise<ReadonlyMap<string, TableHash>> {
  const sums = new Map<string, SumOfHashes>();
  let failed = false;
  const partPages = options.partPages ?? 4096;
  const totalBytes = tables.reduce((sum, table) => sum + table.sizeBytes, 0);
  let doneBytes = 0;
  for (const table of tables) sums.set(keyOf(table), sums.get(keyOf(table)) ?? new SumOfHashes(table));
  const done = (part: Part, row: HashRow | undefined) => {
    if (row !== undefined) sums.get(keyOf(part.table))?.add(row);
    doneBytes += part.bytes;
    options.onProgress?.(doneBytes, totalBytes);
  };
  const byWorkers = new Set<HashableTable>();
  if (options.workers !== false) {
    for (const table of tables.filter(({ pages }) => pages > partPages)) {
      signal.throwIfAborted();
      const row = await readByWorkers(sessions, queryOf(table, undefined), options.compiled ? compiling(table) : '');
      if (row === undefined) continue;
      byWorkers.add(table);
      done({ table, bytes: table.sizeBytes }, row);
    }
  }
  const waiting = tables.filter((table) => !byWorkers.has(table)).flatMap((table) => parts(table, partPages));
  const work = async (session: Session) => {
    for (let next = waiting.shift(); next !== undefined && !failed; next = waiting.shift()) {
      signal.throwIfAborted();
      const [row] = await session.query<HashRow>(queryOf(next.table, next.pages));
      done(next, row);
    }
  };
  const watched = (running: Promise<void>) =>
    running.catch((error: unknown) => {
      failed = true;
      throw error;
    });
  // All are waited for, so that no session is left at work; the first error that there was is the one that tells.
  const ended = await Promise.allSettled(sessions.map((session) => watched(work(session))));
  const broken = ended.find((worker) => worker.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
  const samples = new Map(tables.map((table) => [keyOf(table), sampleOf(table)?.percent]));
  return new Map([...sums].map(([key, sum]) => [key, sum.total(samples.get(key))]));
}

/**
 * SQL: lets the server compile a query, if its own jit isn't off and it has a compiler. Compiling takes time for each column and process, and is repaid after
 * about 4 million rows; what functions do is left out, since that takes more than it saves.
 */
function compiling({ columns }: HashableTable): string {
  const cost = 50_000 * columns.length;
  return `reset jit; set jit_above_cost = ${cost}; set jit_optimize_above_cost = ${cost}; set jit_inline_above_cost = -1`;
}

/**
 * Has the server read a table with as many processes as there are sessions, the others of which wait. A scan from end to end goes through few buffers again
 * and again, where scans of parts push everything else out of the cache, production's too, and cost a quarter more for it. Undefined where the server wouldn't: there is no
 * worker to be had, or a function that none may run. Throws SqlError.
 */
async function readByWorkers([session, ...others]: readonly Session[], query: string, settings: string): Promise<HashRow | undefined> {
  if (session === undefined || others.length === 0) return undefined;
  // A plan is made for workers that the settings of the server rule out.
  const [server] = await session.query<{ most: number }>(
    "select least(pg_catalog.current_setting('max_parallel_workers')::int, pg_catalog.current_setting('max_worker_processes')::int) as most",
  );
  if (server === undefined || server.most < others.length) return undefined;
  await session.execute(`set max_parallel_workers_per_gather = ${others.length}; set parallel_leader_participation = on; set parallel_setup_cost = 0;
    set parallel_tuple_cost = 0; set min_parallel_table_scan_size = 0; ${settings}`);
  const plan = await session.query<{ 'QUERY PLAN': string }>(`explain (costs off, format text) ${query}`);
  const wouldUse = plan.some((line) => line['QUERY PLAN'].includes(`Workers Planned: ${others.length}`));
  const [row] = wouldUse ? await session.query<HashRow>(query) : [];
  await session.execute('set max_parallel_workers_per_gather = 0; set jit = off');
  return row;
}

interface Part {
  readonly table: HashableTable;
  readonly pages?: PageRange;
  readonly bytes: number;
}

/** So that the largest table doesn't keep one worker busy alone. */
function parts(table: HashableTable, partPages: number): readonly Part[] {
  const count = Math.ceil(table.pages / partPages);
  if (count < 2) return [{ table, bytes: table.sizeBytes }];
  const bytes = table.sizeBytes / count;
  return Array.from({ length: count }, (_, at) => {
    const from = at * partPages;
    // The last one is open: rows may have come while we looked.
    return { table, bytes, pages: at === count - 1 ? { from } : { from, to: from + partPages } };
  });
}

/** By the name under which it is told. */
export function keyOf({ as }: Pick<HashableTable, 'as'>): string {
  return `${as.schema}\u0000${as.table}`;
}
