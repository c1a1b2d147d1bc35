import { RelayError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { qualifiedName, quoteIdentifier } from '../../sql/quote.ts';
import { sendSteps, TableError } from './send-steps.ts';
import { columnList, copyIn, copyOut, rowsOf } from './table-sql.ts';
import type { TableTask } from './table-task.ts';

/** What came of one table. */
export interface Arrived {
  readonly task: TableTask;
  readonly rows: number;
  /** On the wire. */
  readonly bytes: number;
  /** From the end of the table before to its own last row. */
  readonly durationMs: number;
}

interface Relaying {
  readonly reader: Session;
  readonly writer: Session;
  readonly onData: (rows: number, bytes: number) => void;
}

/** Where rows wait that are going to be merged. */
export const arrivingName = 'pgrehearse_arriving';
const arriving = `pg_temp.${arrivingName}`;

/**
 * Brings the rows of tables, all in one round trip. `rows`: SQL of where those of a merged table now are. Throws TableError of RelayError and SqlError.
 *
 * @param tasks several, none of them to be merged, or one
 */
export async function relayTables(
  tasks: readonly TableTask[],
  { reader, writer, onData }: Relaying,
): Promise<{ readonly arrived: readonly Arrived[]; readonly rows?: string }> {
  const merged = tasks.find(({ mode }) => mode === 'upsert');
  if (merged !== undefined)
    await sendSteps(
      writer,
      makeRoom(merged).map((sql) => ({ task: merged, sql })),
    );
  const bytes = tasks.map(() => 0);
  const startedAt = performance.now();
  const endedAt = tasks.map(() => startedAt);
  const relay = {
    out: tasks.map((task) => copyOut(task)).join(';\n'),
    into: tasks.map((task) => copyIn(task, merged === undefined ? undefined : arriving)).join(';\n'),
    onData: (rows: number, more: number, place: number) => {
      bytes[place] = (bytes[place] ?? 0) + more;
      endedAt.fill(performance.now(), place);
      onData(rows, more);
    },
  };
  const { taken } = await reader.relayCopy(writer, relay).catch((error: unknown) => {
    const task = error instanceof RelayError ? tasks[Math.min(error.place, tasks.length - 1)] : undefined;
    throw task === undefined ? error : new TableError(task, error);
  });
  if (merged !== undefined) await sendSteps(writer, [{ task: merged, sql: merge(merged) }]);
  const arrived = tasks.map((task, place) => {
    const durationMs = Math.round((endedAt[place] ?? startedAt) - (endedAt[place - 1] ?? startedAt));
    return { task, rows: taken[place] ?? 0, bytes: bytes[place] ?? 0, durationMs };
  });
  return { arrived, ...(merged === undefined ? {} : { rows: rowsThatCame(merged) }) };
}

function makeRoom(task: TableTask): readonly string[] {
  return [
    `drop table if exists ${arriving}`,
    `create temporary table ${arrivingName} on commit drop as select ${columnList(task)} from ${rowsOf(task.to)} with no data`,
  ];
}

function merge(task: TableTask): string {
  const { to, columns } = task;
  const key = to.primaryKey.map(quoteIdentifier).join(', ');
  // The key too: what is equal to it may look different, as in citext. Identity columns take none, and are numbers.
  const always = new Set(to.columns.filter(({ identity }) => identity === 'a').map(({ name }) => name));
  const changed = columns.filter(({ name }) => !always.has(name)).map(({ name }) => `${quoteIdentifier(name)} = excluded.${quoteIdentifier(name)}`);
  const action = changed.length === 0 ? 'do nothing' : `do update set ${changed.join(', ')}`;
  return `insert into ${qualifiedName(to.schema, to.name)} (${columnList(task)}) overriding system value select ${columnList(task)} from ${arriving} on conflict (${key}) ${action}`;
}

/** Of the rows that are there now, those that came. */
function rowsThatCame({ to }: TableTask): string {
  // Only Postgres's own types have an operator that is found without a search_path; after the merge both keys look the same.
  const own = new Set(to.columns.filter(({ builtIn }) => builtIn).map(({ name }) => name));
  const key = (row: string, column: string) => `${row}.${quoteIdentifier(column)}${own.has(column) ? '' : '::pg_catalog.text'}`;
  const same = to.primaryKey.map((column) => `${key('arriving', column)} = ${key('here', column)}`).join(' and ');
  return `${rowsOf(to)} as here where exists (select from ${arriving} as arriving where ${same})`;
}
