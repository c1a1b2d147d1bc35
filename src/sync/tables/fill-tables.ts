import type { Session } from '../../core/ports.ts';
import { qualifiedName, quoteIdentifier } from '../../sql/quote.ts';
import type { SyncTransaction } from './plan-transactions.ts';
import { type TableFailing, tableFailing } from './sync-error.ts';
import {
  columnList,
  copyIn,
  copyOut,
  disableTrigger,
  firingTriggers,
  makeDeferrable,
  makeUndeferrable,
  moveSequences,
  restoreTrigger,
  rowsOf,
  type SequenceState,
  setConstraint,
} from './table-sql.ts';
import type { TableTask } from './table-task.ts';

export interface Filling {
  /** Reads at production's snapshot. */
  readonly reader: Session;
  /** On staging, in no transaction. */
  readonly writer: Session;
  /** Whether this role may set session_replication_role, so that neither foreign keys nor triggers are asked. */
  readonly silent: boolean;
  readonly lockTimeoutMs: number;
  /** Where production's sequences stand. */
  readonly sequences: readonly SequenceState[];
  /**
   * Says how it is known that staging has what production gives; throws ContentDiffers where it hasn't.
   *
   * @param rows SQL: where staging's rows are that have just come
   */
  readonly prove: (task: TableTask, rows: string) => Promise<string>;
  /** Statements of the team that belong to a table's transaction. */
  readonly neutralisers: (task: TableTask) => readonly string[];
  /** Looks at all that was filled, before it is committed; throws where it must not be. */
  readonly beforeCommit?: () => Promise<void>;
  readonly onData: (task: TableTask, rows: number, bytes: number) => void;
}

/** What a transaction made of one table. */
export interface FilledTable {
  readonly task: TableTask;
  readonly outcome: 'synced' | 'kept';
  readonly rows: number;
  readonly bytes: number;
  readonly durationMs: number;
  readonly proof?: string;
}

export type FillOutcome =
  | { readonly ok: true; readonly tables: readonly FilledTable[] }
  /** Nothing of it was committed. `task`: the one at which it failed. */
  | { readonly ok: false; readonly task: TableTask; readonly failing: TableFailing };

/**
 * Fills tables in one transaction on staging, and proves them before it commits. When anything fails, every table of it is as it was, and both sessions
 * should be closed.
 */
export async function fillTables(transaction: SyncTransaction, filling: Filling): Promise<FillOutcome> {
  const { writer, silent, lockTimeoutMs, neutralisers } = filling;
  const { tasks, deferred } = transaction;
  const [first] = tasks;
  if (first === undefined) return { ok: true, tables: [] };
  let at = first;
  try {
    await writer.execute(`begin; set local lock_timeout = ${Math.round(lockTimeoutMs)}${silent ? '; set local session_replication_role = replica' : ''}`);
    const taken: TableTask[] = [];
    const kept: FilledTable[] = [];
    // Always in the same order, so that two who sync can't wait for each other.
    for (const task of tasks) {
      at = task;
      await prepare(writer, task, silent);
      if (task.mode === 'only-if-empty' && (await hasRows(writer, task))) kept.push({ task, outcome: 'kept', rows: 0, bytes: 0, durationMs: 0 });
      else taken.push(task);
    }
    for (const { key, alter } of deferred) await writer.execute(alter ? makeDeferrable(key) : setConstraint(key, 'deferred'));
    for (const task of taken.toReversed()) {
      at = task;
      if (task.mode === 'replace') await writer.execute(emptying(task));
    }
    const filled: FilledTable[] = [];
    for (const task of taken) {
      at = task;
      filled.push(await fill(task, filling));
    }
    for (const task of taken) {
      at = task;
      const statements = neutralisers(task);
      if (statements.length === 0) continue;
      // The team's SQL finds its tables as it does in psql.
      await writer.execute('set local search_path to default');
      for (const statement of statements) await writer.execute(statement);
      await writer.execute("set local search_path = ''");
    }
    at = taken.at(-1) ?? first;
    if (deferred.length > 0) await writer.execute('set constraints all immediate');
    for (const { key, alter } of deferred) if (alter) await writer.execute(makeUndeferrable(key));
    for (const task of tasks) {
      at = task;
      await restore(writer, task, silent);
    }
    await filling.beforeCommit?.();
    await writer.execute('commit');
    return { ok: true, tables: [...filled, ...kept] };
  } catch (error) {
    return { ok: false, task: at, failing: tableFailing(error, at) };
  }
}

/** Others may read the old rows until the new ones are committed; nobody may write. */
async function prepare(writer: Session, task: TableTask, silent: boolean): Promise<void> {
  const { to } = task;
  await writer.execute(`lock table ${rowsOf(to)} in share row exclusive mode`);
  if (!to.owned) return;
  for (const trigger of firingTriggers(to.triggers, silent)) await writer.execute(disableTrigger(to, trigger));
  if (to.rlsForced && to.rlsActive) await writer.execute(`alter table ${qualifiedName(to.schema, to.name)} no force row level security`);
}

async function restore(writer: Session, { to }: TableTask, silent: boolean): Promise<void> {
  if (!to.owned) return;
  for (const trigger of firingTriggers(to.triggers, silent)) await writer.execute(restoreTrigger(to, trigger));
  if (to.rlsForced && to.rlsActive) await writer.execute(`alter table ${qualifiedName(to.schema, to.name)} force row level security`);
}

async function hasRows(writer: Session, { to }: TableTask): Promise<boolean> {
  const [row] = await writer.query<{ any: boolean }>(`select exists (select from ${rowsOf(to)}) as "any"`);
  return row?.any === true;
}

/** DELETE lets others read the old rows meanwhile, and is not stopped by foreign keys that lead here; TRUNCATE with CASCADE is never used. */
function emptying({ to }: TableTask): string {
  return `delete from ${rowsOf(to)}`;
}

async function fill(task: TableTask, { reader, writer, sequences, prove, onData }: Filling): Promise<FilledTable> {
  const startedAt = performance.now();
  let bytes = 0;
  const isUpsert = task.mode === 'upsert';
  const arriving = 'pg_temp.pgrehearse_arriving';
  if (isUpsert)
    await writer.execute(
      `drop table if exists ${arriving}; create temporary table pgrehearse_arriving on commit drop as select ${columnList(task)} from ${rowsOf(task.to)} with no data`,
    );
  const relayed = await reader.relayCopy(writer, {
    out: copyOut(task),
    into: copyIn(task, isUpsert ? arriving : undefined),
    onData: (rows, more) => {
      bytes += more;
      onData(task, rows, more);
    },
  });
  if (isUpsert) await writer.execute(merge(task, arriving));
  const proof = await prove(task, isUpsert ? ofArriving(task, arriving) : rowsOf(task.to));
  for (const statement of moveSequences(task, sequences)) await writer.execute(statement);
  return { task, outcome: 'synced', rows: relayed.taken[0] ?? 0, bytes, proof, durationMs: Math.round(performance.now() - startedAt) };
}

function merge(task: TableTask, arriving: string): string {
  const { to, columns } = task;
  const key = to.primaryKey.map(quoteIdentifier).join(', ');
  const changed = columns.filter(({ name }) => !to.primaryKey.includes(name)).map(({ name }) => `${quoteIdentifier(name)} = excluded.${quoteIdentifier(name)}`);
  const action = changed.length === 0 ? 'do nothing' : `do update set ${changed.join(', ')}`;
  return `insert into ${qualifiedName(to.schema, to.name)} (${columnList(task)}) overriding system value select ${columnList(task)} from ${arriving} on conflict (${key}) ${action}`;
}

/** Of the rows that are there now, those that came. */
function ofArriving({ to }: TableTask, arriving: string): string {
  const same = to.primaryKey.map((column) => `arriving.${quoteIdentifier(column)} = here.${quoteIdentifier(column)}`).join(' and ');
  return `${rowsOf(to)} as here where exists (select from ${arriving} as arriving where ${same})`;
}
