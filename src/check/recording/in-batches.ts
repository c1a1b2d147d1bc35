import type { RecordedRun } from './recorded-run.ts';

const rowsAtOnce = 5_000;

/**
 * An update of the rows that a condition finds, a few thousand at a time: to be run again until it finds none. By the primary key where there is one.
 *
 * @example inBatches(run, oid, 'set total_new = total', 'total_new is null and total is not null')
 */
export function inBatches(run: RecordedRun, table: number, change: string, condition: string): string {
  const name = run.nameOf(table);
  const key = run.before.constraints.find((constraint) => constraint.table === table && constraint.kind === 'primary key');
  const columns = run.columnsOf(table, key?.columns ?? []).map((column) => column.name);
  const [first] = columns;
  const some = `select ${first === undefined ? 'ctid' : columns.join(', ')} from ${name} where ${condition} limit ${rowsAtOnce}`;
  const chosen = first === undefined ? `ctid = any (array(${some}))` : `${columns.length === 1 ? first : `(${columns.join(', ')})`} in (${some})`;
  return `-- again and again, each time in a transaction of its own, until no row is left\nupdate ${name} ${change} where ${chosen}`;
}
