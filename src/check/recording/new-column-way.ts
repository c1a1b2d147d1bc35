import type { Advice } from '../../core/explained-comparison.ts';
import { besides, derivedName } from './derived-name.ts';
import { inBatches } from './in-batches.ts';
import type { RecordedRun } from './recorded-run.ts';

/**
 * Another type for a column without writing the table anew under a lock: a second column, kept equal by a trigger, filled in batches and then swapped by
 * name. What hangs on the old column (keys, indexes, defaults, NOT NULL) has to be made for the new one before the swap: the notes say what there is.
 */
export function newColumnWay(run: RecordedRun, table: number, column: string, type: string): Advice {
  const name = run.nameOf(table);
  const [fresh, old] = [derivedName(column, '_new'), derivedName(column, '_old')];
  const sync = derivedName(name, `_${column.replaceAll('"', '')}_sync`);
  const syncFunction = besides(name, sync);
  const statements = [
    `set lock_timeout = '2s'`,
    `-- 1. a second column, which new and changed rows fill\nalter table ${name} add column ${fresh} ${type}`,
    `create function ${syncFunction}() returns trigger language plpgsql as $$ begin new.${fresh} := new.${column}; return new; end $$`,
    `create trigger ${sync} before insert or update on ${name} for each row execute function ${syncFunction}()`,
    `-- 2. the rows that are there\n${inBatches(run, table, `set ${fresh} = ${column}`, `${fresh} is null and ${column} is not null`)}`,
    `-- 3. the swap, which takes no time\nbegin`,
    `drop trigger ${sync} on ${name}`,
    `alter table ${name} rename column ${column} to ${old}`,
    `alter table ${name} rename column ${fresh} to ${column}`,
    'commit',
    `drop function ${syncFunction}()`,
    `-- 4. once no application reads it any more\nalter table ${name} drop column ${old}`,
  ];
  return { statements, loses: `the values of ${old} in the last statement`, notes: hangingOn(run, table, column) };
}

function hangingOn(run: RecordedRun, table: number, column: string): readonly string[] {
  const number = run.before.tables.find(({ oid }) => oid === table)?.columns.find(({ name }) => name === column)?.number;
  if (number === undefined) return [];
  const facts = run.tableBefore(table)?.columns.find((one) => one.number === number);
  const hanging = [
    ...(facts?.notNull === true ? ['NOT NULL'] : []),
    ...(facts?.expression === undefined ? [] : [`default ${facts.expression}`]),
    ...(facts?.filled === 'identity' ? ['identity'] : []),
    ...run.before.indexes.filter((index) => index.table === table && index.columns.includes(number)).map(({ name }) => `index ${name}`),
    ...run.before.constraints
      .filter((constraint) => constraint.references?.table === table && constraint.references.columns.includes(number))
      .map((constraint) => `foreign key ${constraint.name} of ${run.nameOf(constraint.table)}`),
  ];
  const first = 'Step 2 as it stands casts as an assignment does; a conversion of your own belongs there and into the function.';
  return hanging.length === 0
    ? [first]
    : [first, `Before step 3, make for the new column what the old one has: ${hanging.join(', ')}. Indexes with CONCURRENTLY.`];
}
