import { expect, test } from 'vitest';
import { withDatabase } from '../support/databases.ts';
import { syncOnce } from './sync-stage.ts';

/** Column: production's type, a value that comes over, staging's type, what it is there, and a value that doesn't. */
const columns = [
  ['numbers', 'jsonb', `'12.50'`, 'numeric', '12.50', `'"12.5x"'`],
  ['labels', 'jsonb', `'["a", null, "b c"]'`, 'text[]', '{a,NULL,"b c"}', `'{"a": 1}'`],
  ['number', 'integer', '7', 'jsonb', '7', undefined],
  ['parsed', 'text', `'{"b": 1}'`, 'jsonb', '{"b": 1}', `'{'`],
  ['short', 'varchar(20)', `'abc'`, 'varchar(5)', 'abc', `'abcdef'`],
  ['scale', 'numeric(10,3)', '1.250', 'numeric(10,2)', '1.25', '1.255'],
  ['day', 'timestamp', `'2025-01-01'`, 'date', '2025-01-01', `'2025-01-01 10:00'`],
  ['wide', 'integer', '5', 'bigint', '5', undefined],
  ['flag', 'integer', '1', 'boolean', 'true', '2'],
  ['state', 'text', `'on'`, 'state', 'on', `'gone'`],
  ['padded', 'char(4)', `'ab'`, 'text', 'ab', undefined],
  ['moment', 'timestamptz', `'2025-01-01 10:00+02'`, 'jsonb', '"2025-01-01T08:00:00+00:00"', undefined],
] as const;

const [from, to] = [1, 3] as const;
const name = (at: number) => `t_${columns[at]?.[0]}`;

test('each type comes over as what it is, or is refused with the reason, by production’s own trial of every value', async () => {
  const make = (side: typeof from | typeof to) => columns.map((column, at) => `create table ${name(at)} (id int primary key, v ${column[side]})`).join(';\n');
  const insert = (value: 2 | 5, id: number) =>
    columns.flatMap((column, at) => (column[value] === undefined ? [] : [`insert into ${name(at)} values (${id}, ${column[value]})`])).join(';\n');
  await withDatabase(18, `${make(from)};\n${insert(2, 1)}; analyze`, async (production, there) => {
    await withDatabase(15, `create type state as enum ('on', 'off'); ${make(to)}`, async (staging, run) => {
      const options = { settings: { masking: undefined } };
      const { tables, result } = await syncOnce(production, staging, options);
      expect([...tables.values()].filter(({ outcome }) => outcome !== 'synced')).toEqual([]);
      expect(result.exitCode).toBe(0);
      for (const [at, column] of columns.entries())
        expect([column[0], (await run(`select v::text as v from ${name(at)}`)).rows[0]?.v]).toEqual([column[0], column[4]]);

      await there(insert(5, 2));
      const again = await syncOnce(production, staging, options);
      const refused = [...again.tables.values()].filter(({ outcome }) => outcome !== 'synced').map(({ table, outcome, column }) => [table, outcome, column]);
      const expected = columns.flatMap((column, at) => (column[5] === undefined ? [] : [[`public.${name(at)}`, 'refused', 'v']])).sort();
      expect(refused).toEqual(expected);
      expect(again.result.exitCode).toBe(1);
      for (const [at, column] of columns.entries()) if (column[5] !== undefined) expect((await run(`select id from ${name(at)}`)).rows).toEqual([{ id: 1 }]);

      // The team says how.
      const told = await syncOnce(production, staging, { ...options, sync: { tables: { values: { 'public.t_flag.v': 'v > 0' } } }, tables: ['t_flag'] });
      expect(told.result.verdict.kind).toBe('PASS');
      // An expression sees the row as it is masked: there is no way around a mask.
      const masked = await syncOnce(production, staging, {
        settings: { masking: { columns: { 'public.t_padded.v': { constant: 'zz' } } } },
        sync: { tables: { values: { 'public.t_padded.v': "v || '!'" } } },
        tables: ['t_padded'],
      });
      expect(masked.result.verdict.kind).toBe('PASS');
      expect((await run('select v from t_padded')).rows).toEqual([{ v: 'zz!' }]);
      expect((await run('select bool_and(v) as v, count(*)::int as n from t_flag')).rows).toEqual([{ v: true, n: 2 }]);
    });
  });
});
