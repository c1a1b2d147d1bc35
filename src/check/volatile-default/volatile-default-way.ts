import type { Advice } from '../../core/explained-comparison.ts';
import { besides, derivedName } from '../recording/derived-name.ts';
import { committing, inBatches } from '../recording/in-batches.ts';
import type { RecordedRun } from '../recording/recorded-run.ts';
import type { ColumnFacts } from '../recording/recording-facts.ts';
import { setNotNull } from '../recording/set-not-null.ts';

/** Adds such a column without writing the table anew. */
export function volatileDefaultWay(run: RecordedRun, table: number, { name: column, type, filled, expression = 'null', notNull }: ColumnFacts): Advice {
  const name = run.nameOf(table);
  const add = `set lock_timeout = '2s'`;
  const bare = `-- without a default: nothing is written\nalter table ${name} add column ${column} ${type}`;
  const atLast = [`analyze ${name}`, ...(notNull ? setNotNull(name, column) : [])];
  if (filled === 'generated') {
    const filler = derivedName(name, `_${column.replaceAll('"', '')}_fill`);
    const fillerFunction = besides(name, filler);
    return {
      statements: [
        add,
        bare,
        `create function ${fillerFunction}() returns trigger language plpgsql as $$ begin select ${expression} into new.${column} from (select new.*) as r; return new; end $$`,
        `-- a trigger works it out for new and changed rows\ncreate trigger ${filler} before insert or update on ${name} for each row execute function ${fillerFunction}()`,
        `-- the old ones, batch by batch\n${inBatches(run, table, `set ${column} = ${expression}`, `${column} is null and (${expression}) is not null`)}`,
        ...atLast,
      ],
      notes: [
        committing,
        'A stored generated column can’t be had without writing the table anew; a trigger has the same effect. From PostgreSQL 18 on, VIRTUAL costs nothing either.',
      ],
    };
  }
  const sequence = besides(name, derivedName(name, `_${column.replaceAll('"', '')}_seq`));
  const counts = filled === 'identity' || /^nextval\(/.test(expression);
  const value = counts ? `nextval('${sequence.replaceAll("'", "''")}')` : expression;
  return {
    statements: [
      add,
      bare,
      ...(counts ? [`create sequence ${sequence} as ${type} owned by ${name}.${column}`] : []),
      `-- for new rows\nalter table ${name} alter column ${column} set default ${value}`,
      `-- the old ones, batch by batch\n${inBatches(run, table, `set ${column} = ${value}`, `${column} is null`)}`,
      ...atLast,
    ],
    notes: [committing],
  };
}
