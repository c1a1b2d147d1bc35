import type { TableColumnHashes, TableHash } from '../../core/data.ts';
import { FailureError } from '../../core/failure.ts';
import { type Masking, masksOf, saltSetting } from '../../core/masking.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { columnHashQuery, hashQuery, type RowSample, rowHashQuery } from './hash-query.ts';
import { type HashableTable, hashableTables } from './hashable-tables.ts';
import { keyOf, type ReadOptions, readTables } from './read-tables.ts';

export interface HashOptions extends ReadOptions {
  /** Sessions that read side by side; 2 unless told. */
  readonly jobs?: number;
  /** Only these of them; all unless given. */
  readonly wanted?: (table: HashableTable) => boolean;
  /**
   * What the tables should hold, hashed by hashTables or hashSource. Where rows as wholes are these, so are the columns, and only the others' are hashed too:
   * that takes a third off the time.
   */
  readonly expected?: readonly TableHash[];
  /** Only some rows of each table that has a primary key, the same ones on both sides and each time. */
  readonly sample?: SampleWish | undefined;
  /** Told when every session is there: from then on a source's snapshot is held by them too. */
  readonly onOpened?: () => void;
}

export interface SampleWish {
  readonly percent: number;
  /** The columns by which rows of a table are chosen; its primary key unless given. None: the table is hashed whole. */
  readonly keyOf?: (table: HashableTable) => readonly string[];
}

/**
 * What every table of a copy holds: rows, and a hash of each column and of the rows as wholes, in whatever order they are. Equal content gives equal hashes
 * on every major from 13 and whatever the settings of server, database and role. Each table is read once. The same tables as countRows counts, materialized
 * views left out. The address must be a superuser's or of a role with BYPASSRLS. Throws SqlError and FailureError.
 *
 * @example const hashes = await hashTables(context, clone.admin, { jobs: 2 });
 */
export async function hashTables(context: Context, address: Address, options: HashOptions = {}): Promise<readonly TableHash[]> {
  return await hashAll(() => openHasher(context, address), context.signal, undefined, hashQuery, { compiled: true, ...options });
}

/**
 * The same of columns alone, which takes a third less: for whoever compares columns only. That their values stand in the same rows isn't shown by them.
 * Throws SqlError and FailureError.
 */
export async function hashColumns(context: Context, address: Address, options: Omit<HashOptions, 'expected'> = {}): Promise<readonly TableColumnHashes[]> {
  const hashes = await hashAll(() => openHasher(context, address), context.signal, undefined, columnHashQuery, { compiled: true, ...options });
  // No row was hashed: a hash of none would be equal to any other.
  return hashes.map(({ rowHash: _, ...columns }) => columns);
}

/**
 * The same of a source, at its snapshot; masked columns as the copy gets them. Reads the whole database once more.
 * Throws SqlError and FailureError.
 */
export async function hashSource(context: Context, source: LiveSource, options: HashOptions = {}): Promise<readonly TableHash[]> {
  return await hashAll(() => openSourceHasher(context, source), context.signal, source.masking, hashQuery, options);
}

async function hashAll(
  open: () => Promise<Session>,
  signal: AbortSignal,
  masking: Masking | undefined,
  query: typeof hashQuery,
  options: HashOptions,
): Promise<readonly TableHash[]> {
  await using stack = new AsyncDisposableStack();
  const sessions = await openAll(open, options.jobs ?? 2, stack);
  options.onOpened?.();
  const [first] = sessions;
  if (first === undefined) throw new Error('hashing needs a session');
  const { wanted = () => true, expected = [], sample } = options;
  const sampleOf = (table: HashableTable): RowSample | undefined => {
    // Where rows of one tree lie in other leaves, another key may choose them.
    const isTree = table.as.schema !== table.schema || table.as.table !== table.table;
    const key = isTree ? [] : (sample?.keyOf?.(table) ?? table.key);
    return sample === undefined || key.length === 0 ? undefined : { percent: sample.percent, key };
  };
  const tables = (await hashableTables(first)).filter(wanted);
  const hopes = new Map(expected.map((table) => [keyOf({ as: table }), table]));
  const hoped = tables.filter((table) => {
    const hope = hopes.get(keyOf(table));
    return hasColumns(table, hope) && hope?.sampledPercent === sampleOf(table)?.percent;
  });
  const byRows = await readTables(sessions, hoped, (table, pages) => rowHashQuery(table, pages, sampleOf(table)), sampleOf, signal, options);
  const confirmed = new Map(
    [...byRows].flatMap(([key, { rows, rowHash }]) => {
      const hope = hopes.get(key);
      return hope !== undefined && hope.rows === rows && hope.rowHash === rowHash ? [[key, hope] as const] : [];
    }),
  );
  const rest = tables.filter((table) => !confirmed.has(keyOf(table)));
  const masksFor = ({ schema, table: name }: HashableTable) => masksOf(masking, { schema, name });
  const byColumns = await readTables(sessions, rest, (table, pages) => query(table, masksFor(table), pages, sampleOf(table)), sampleOf, signal, options);
  const tooFew = rest.filter((table) => isTooSmall(byColumns.get(keyOf(table))) && sample?.keyOf === undefined);
  const whole = await readTables(
    sessions,
    tooFew,
    (table, pages) => query(table, masksFor(table), pages),
    () => undefined,
    signal,
    options,
  );
  return [...new Map([...confirmed, ...byColumns, ...whole])].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, total]) => total);
}

/** Fewer rows than this would say next to nothing of a table, and all of it are soon read. */
const smallestSample = 1000;

function isTooSmall(table: TableHash | undefined): boolean {
  return table?.sampledPercent !== undefined && table.rows < smallestSample;
}

/** Whether a table may be what was hoped for: each column has its part in the hash of rows, by the order of names. */
function hasColumns({ columns }: HashableTable, hope: TableHash | undefined): boolean {
  return hope !== undefined && hope.columns.length === columns.length && hope.columns.every(({ column }, at) => column === columns[at]?.name);
}

/** All or none: what was opened beside a failure is closed by the stack. Throws the first failure. */
async function openAll(open: () => Promise<Session>, count: number, stack: AsyncDisposableStack): Promise<readonly Session[]> {
  const opened = await Promise.allSettled(Array.from({ length: Math.max(1, count) }, async () => stack.use(await open())));
  return opened.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

/** What texts look like, pinned; and no parallel workers but those that large tables are given. */
const hashSettings = `
  set row_security = off; set statement_timeout = 0; set search_path = ''; set datestyle = 'ISO'; set intervalstyle = 'postgres'; set timezone = 'UTC';
  set extra_float_digits = 3; set bytea_output = 'hex'; set lc_monetary = 'C'; set xmloption = content; set max_parallel_workers_per_gather = 0;
  set synchronize_seqscans = off; set jit = off`;

/** A session in which texts look the same everywhere. Throws FailureError. */
export async function openHasher(context: Context, address: Address): Promise<Session> {
  const opened = await context.edge.postgres.connect(address, { applicationName: 'pgrehearse hash', signal: context.signal });
  if (!opened.ok) throw new FailureError(opened.failure);
  await opened.value.execute(`${hashSettings}; set lock_timeout = 0`);
  return opened.value;
}

async function openSourceHasher(context: Context, source: LiveSource): Promise<Session> {
  const opened = await context.edge.postgres.connect(source.address, {
    applicationName: 'pgrehearse hash',
    signal: context.signal,
    readOnly: { statementTimeoutMs: 0, lockTimeoutMs: 10_000 },
    ...(source.masking === undefined ? {} : { secretSettings: { [saltSetting]: source.masking.salt } }),
  });
  if (!opened.ok) throw new FailureError(opened.failure);
  const unlimited = opened.value.serverVersionNum >= 170_000 ? 'set transaction_timeout = 0' : '';
  await opened.value.execute(`${hashSettings}; ${unlimited}`);
  await opened.value.execute(`begin transaction isolation level repeatable read, read only; set transaction snapshot '${source.snapshotId}'`);
  return opened.value;
}
