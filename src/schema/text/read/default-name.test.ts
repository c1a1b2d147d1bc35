import { expect, test } from 'vitest';
import { withDatabase } from '../../../../test/support/databases.ts';
import { defaultName } from './default-name.ts';

const names = ['t', 'x'.repeat(63), '🐘'.repeat(15), `${'ä'.repeat(31)}`, 'y'.repeat(40)];

test('names of not null constraints are those that the server gives', async () => {
  await withDatabase(18, '', async (_, run) => {
    const pairs = names.flatMap((table) => names.map((column) => [table, column] as const));
    for (const [at, [table, column]] of pairs.entries()) await run(`create schema s${at}; create table s${at}."${table}" ("${column}" int not null)`);
    const { rows } = await run(
      "select conrelid::regclass::text as table, conname as name from pg_constraint where contype = 'n' and connamespace::regnamespace::text ~ '^s[0-9]' order by substring(connamespace::regnamespace::text, 2)::int",
    );
    expect(rows.map(({ name }) => name)).toEqual(pairs.map(([table, column]) => defaultName(table, column, 'not_null')));
  });
});
