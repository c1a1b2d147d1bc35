import type { Session } from '../../core/ports.ts';
import { type CommitEnd, CommitUnknown, commitSteps, type TransactionMark } from './commit-steps.ts';
import type { SyncTransaction } from './plan-transactions.ts';
import { type Arrived, relayTables } from './relay-tables.ts';
import { type Step, sendSteps, TableError } from './send-steps.ts';
import { type TableFailing, tableFailing } from './sync-error.ts';
import { emptying, makeDeferrable, makeUndeferrable, moveSequences, restoreTable, rowsOf, type SequenceState, setConstraint, takeTable } from './table-sql.ts';
import type { TableTask } from './table-task.ts';

/** Where staging's rows are that have just come: SQL. */
export interface ArrivedRows {
  readonly task: TableTask;
  readonly rows: string;
}

/** How it is known that staging has what production gives. */
export interface RowsProof {
  readonly said: string;
  /** Rows that staging has there. */
  readonly rows: number;
}

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
  /** Says of each table how it is known that staging has what production gives; throws TableError of ContentDiffers where it hasn't. */
  readonly prove: (tables: readonly ArrivedRows[]) => Promise<readonly RowsProof[]>;
  /** Asks staging by another connection what became of a transaction whose end nobody heard of. */
  readonly findCommit: (mark: TransactionMark) => Promise<CommitEnd>;
  /** Statements of the team that belong to a table's transaction. */
  readonly neutralisers: (task: TableTask) => readonly string[];
  /** What was undone again is told with a minus. */
  readonly onData: (rows: number, bytes: number) => void;
}

/** What a transaction made of one table. */
export interface FilledTable extends Arrived {
  readonly outcome: 'synced' | 'kept';
  readonly proof?: string;
  /** Rows of the whole table as they were proven, before the team's own statements. Absent where rows were merged, or it was left as it was. */
  readonly holds?: number;
}

export type FillOutcome =
  /** `cutOff`: it was committed, and its sessions are of no use any more. */
  | { readonly ok: true; readonly tables: readonly FilledTable[]; readonly cutOff: boolean }
  /** Nothing of it was committed, unless that is unknown. `task`: the one at which it failed. `begun`: those for which rows were on their way. */
  | {
      readonly ok: false;
      readonly task: TableTask;
      readonly failing: TableFailing;
      readonly begun: ReadonlySet<TableTask>;
      readonly commitUnknown: boolean;
    };

/**
 * Fills tables in one transaction on staging, and proves them before it commits; few round trips, however many tables there are. When anything fails, every
 * table of it is as it was, and both sessions should be closed.
 */
export async function fillTables(transaction: SyncTransaction, filling: Filling): Promise<FillOutcome> {
  const [first] = transaction.tasks;
  if (first === undefined) return { ok: true, tables: [], cutOff: false };
  const told = { rows: 0, bytes: 0 };
  const onData = (rows: number, bytes: number) => {
    told.rows += rows;
    told.bytes += bytes;
    filling.onData(rows, bytes);
  };
  const begun = new Set<TableTask>();
  try {
    return { ok: true, ...(await fillAll(transaction, first, begun, { ...filling, onData })) };
  } catch (error) {
    filling.onData(-told.rows, -told.bytes);
    const task = error instanceof TableError ? error.task : first;
    const cause = error instanceof TableError ? error.cause : error;
    return { ok: false, task, failing: tableFailing(cause, task), begun, commitUnknown: cause instanceof CommitUnknown };
  }
}

/** @param begun gets the tables for which rows are asked, before they are */
async function fillAll(
  { tasks, deferred }: SyncTransaction,
  first: TableTask,
  begun: Set<TableTask>,
  filling: Filling,
): Promise<{ readonly tables: readonly FilledTable[]; readonly cutOff: boolean }> {
  const { writer, silent, lockTimeoutMs } = filling;
  const last = tasks.at(-1) ?? first;
  const begin = ['begin', `set local lock_timeout = ${Math.round(lockTimeoutMs)}`, ...(silent ? ['set local session_replication_role = replica'] : [])];
  // Always in the same order, so that two who sync can't wait for each other.
  const opening = [...begin.map((sql) => ({ task: first, sql })), ...tasks.flatMap((task) => takeTable(task, silent).map((sql) => ({ task, sql })))];
  const conditional = tasks.filter(({ mode }) => mode === 'only-if-empty');
  // What stands in a table counts once nobody else can write to it.
  if (conditional.length > 0) await sendSteps(writer, opening.splice(0));
  const kept = new Set<TableTask>();
  for (const task of conditional) if (await hasRows(writer, task)) kept.add(task);
  const taken = tasks.filter((task) => !kept.has(task));
  await sendSteps(writer, [
    ...opening,
    ...deferred.map(({ key, alter }) => ({ task: last, sql: alter ? makeDeferrable(key) : setConstraint(key, 'deferred') })),
    ...taken
      .toReversed()
      .filter(({ mode }) => mode === 'replace')
      .map((task) => ({ task, sql: emptying(task) })),
  ]);
  const filled: FilledTable[] = [];
  for (const run of runsOf(taken)) {
    for (const task of run) begun.add(task);
    const { arrived, rows } = await relayTables(run, filling);
    const proofs = await filling.prove(run.map((task) => ({ task, rows: rows ?? rowsOf(task.to) })));
    for (const [at, one] of arrived.entries()) {
      const proof = proofs[at];
      if (proof === undefined) throw new Error('a table was not proven');
      filled.push({ ...one, outcome: 'synced', proof: proof.said, ...(rows === undefined ? { holds: proof.rows } : {}) });
    }
  }
  const closing = [
    ...taken.flatMap((task) => moveSequences(task, filling.sequences).map((sql) => ({ task, sql }))),
    ...taken.flatMap((task) => neutralising(task, filling.neutralisers(task))),
    ...(deferred.length > 0 ? [{ task: last, sql: 'set constraints all immediate' }] : []),
    ...deferred.filter(({ alter }) => alter).map(({ key }) => ({ task: last, sql: makeUndeferrable(key) })),
    ...tasks.flatMap((task) => restoreTable(task, silent).map((sql) => ({ task, sql }))),
    { task: last, sql: 'commit' },
  ];
  const { cutOff } = await commitSteps(writer, closing, filling.findCommit);
  return { tables: [...filled, ...[...kept].map((task) => ({ task, outcome: 'kept' as const, rows: 0, bytes: 0, durationMs: 0 }))], cutOff };
}

/** Tables whose rows come in one round trip, in their order: those that are merged into others need one of their own. */
function runsOf(tasks: readonly TableTask[]): readonly (readonly TableTask[])[] {
  const runs: TableTask[][] = [];
  for (const task of tasks) {
    const open = runs.at(-1);
    if (open === undefined || task.mode === 'upsert' || open[0]?.mode === 'upsert') runs.push([task]);
    else open.push(task);
  }
  return runs;
}

/** The team's SQL finds its tables as it does in psql. */
function neutralising(task: TableTask, statements: readonly string[]): readonly Step[] {
  if (statements.length === 0) return [];
  return ['set local search_path to default', ...statements, "set local search_path = ''"].map((sql) => ({ task, sql }));
}

async function hasRows(writer: Session, { to }: TableTask): Promise<boolean> {
  const [row] = await writer.query<{ any: boolean }>(`select exists (select from ${rowsOf(to)}) as "any"`);
  return row?.any === true;
}
