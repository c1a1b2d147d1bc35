import type { RecordedRun } from './recorded-run.ts';

const rowsAtOnce = 5_000;

/** What a person has to know who pastes such code into a migration. */
export const committing =
  'The block commits after each batch: it can’t run inside of a transaction, so that in a migration tool it belongs into a migration without one.';

/**
 * An update of the rows that a condition finds, a few thousand at a time, each batch committed. Along the primary key where there is one, so that no row is
 * read twice however large the table; without a key, the rows are looked for from the beginning each time.
 *
 * @param condition rows that it leaves true after the update would be updated for ever where there is no key
 * @example inBatches(run, oid, 'set total_new = total', 'total_new is null and total is not null')
 */
export function inBatches(run: RecordedRun, table: number, change: string, condition: string): string {
  const name = run.nameOf(table);
  const key = run.before.constraints.find((constraint) => constraint.table === table && constraint.kind === 'primary key');
  const columns = run.columnsOf(table, key?.columns ?? []).map((column) => column.name);
  return columns.length === 0 ? byCondition(name, change, condition) : byKey(name, columns, change, condition);
}

/** The first key of the next batch ends this one; there is none after the last. */
function byKey(name: string, columns: readonly string[], change: string, condition: string): string {
  const [from, to] = [columns.map((_, at) => `batch_from_${at + 1}`), columns.map((_, at) => `batch_to_${at + 1}`)];
  const declare = (variables: readonly string[]) => variables.map((variable, at) => `  ${variable} ${name}.${columns[at]}%type;`);
  const row = (values: readonly string[]) => (values.length === 1 ? (values[0] ?? '') : `(${values.join(', ')})`);
  const [key, ordered] = [row(columns), columns.join(', ')];
  return [
    'do $batches$',
    'declare',
    ...declare(from),
    ...declare(to),
    'begin',
    `  select ${ordered} into ${from.join(', ')} from ${name} order by ${ordered} limit 1;`,
    `  while ${from[0]} is not null loop`,
    `    select ${ordered} into ${to.join(', ')} from ${name} where ${key} > ${row(from)} order by ${ordered} offset ${rowsAtOnce - 1} limit 1;`,
    `    update ${name} ${change}`,
    `    where ${key} >= ${row(from)} and (${to[0]} is null or ${key} < ${row(to)}) and ${condition};`,
    '    commit;',
    ...from.map((variable, at) => `    ${variable} := ${to[at]};`),
    '  end loop;',
    'end $batches$',
  ].join('\n');
}

/** In a partitioned table a row's place is only its own within a partition: the condition is asked again. */
function byCondition(name: string, change: string, condition: string): string {
  return [
    'do $batches$',
    'begin',
    '  loop',
    `    update ${name} ${change}`,
    `    where ctid = any (array(select ctid from ${name} where ${condition} limit ${rowsAtOnce})) and ${condition};`,
    '    exit when not found;',
    '    commit;',
    '  end loop;',
    'end $batches$',
  ].join('\n');
}
