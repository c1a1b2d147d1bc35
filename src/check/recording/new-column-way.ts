import type { Advice } from '../../core/explained-comparison.ts';
import { besides, derivedName } from './derived-name.ts';
import { committing, inBatches } from './in-batches.ts';
import { type MovedDependants, moveDependants } from './move-dependants.ts';
import type { RecordedRun } from './recorded-run.ts';

const none: MovedDependants = { before: [], swapFirst: [], swapLast: [], after: [], atLast: [], notes: [] };

/**
 * Another type for a column without writing the table anew under a lock: a second column, kept equal by a trigger, filled in batches, given what hangs on
 * the first, and then swapped by name.
 */
export function newColumnWay(run: RecordedRun, table: number, column: string, type: string): Advice {
  const name = run.nameOf(table);
  const [fresh, old] = [derivedName(column, '_new'), derivedName(column, '_old')];
  const sync = derivedName(name, `_${column.replaceAll('"', '')}_sync`);
  const syncFunction = besides(name, sync);
  const facts = run.tableBefore(table)?.columns.find((one) => one.name === column);
  const moved = facts === undefined ? none : moveDependants(run, table, facts, fresh, type);
  const statements = [
    `set lock_timeout = '2s'`,
    `-- 1. a second column, which new and changed rows fill\nalter table ${name} add column ${fresh} ${type}`,
    `create function ${syncFunction}() returns trigger language plpgsql as $$ begin new.${fresh} := new.${column}; return new; end $$`,
    `create trigger ${sync} before insert or update on ${name} for each row execute function ${syncFunction}()`,
    `-- 2. the rows that are there, batch by batch\n${inBatches(run, table, `set ${fresh} = ${column}`, `${fresh} is null and ${column} is not null`)}`,
    `analyze ${name}`,
    ...headed('3. what hangs on the old column', moved.before),
    `-- ${moved.before.length === 0 ? 3 : 4}. the swap, which takes no time\nbegin`,
    `drop trigger ${sync} on ${name}`,
    ...moved.swapFirst,
    `alter table ${name} rename column ${column} to ${old}`,
    `alter table ${name} rename column ${fresh} to ${column}`,
    ...moved.swapLast,
    'commit',
    `drop function ${syncFunction}()`,
    ...moved.after,
    `-- ${moved.before.length === 0 ? 4 : 5}. once no application reads it any more\nalter table ${name} drop column ${old}`,
    ...moved.atLast,
  ];
  const cast = 'Step 2 as it stands casts as an assignment does; a conversion of your own belongs there and into the function.';
  return { statements, loses: `the values of ${old} in the last step`, notes: [cast, committing, ...moved.notes] };
}

function headed(heading: string, statements: readonly string[]): readonly string[] {
  return statements.map((statement, index) => (index === 0 ? `-- ${heading}\n${statement}` : statement));
}
