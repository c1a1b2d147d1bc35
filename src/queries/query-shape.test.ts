import { expect, test } from 'vitest';
import { ignoreRule } from './ignored-queries.ts';
import { namedParameters } from './named-parameters.ts';
import { queryOf, statementKind } from './preparable.ts';
import { queryId, queryShape } from './query-shape.ts';
import { withoutValues } from './without-values.ts';

test.each([
  ['SELECT *\n  FROM "Item" -- all\nWHERE id IN (1, 2,3) AND b IN ($4)', 'select * from "Item" where id in ( ? ) and b in ( ? )'],
  ['select $1::int, 2.5, $$x$$', 'select ? : : int , ? , ?'],
  ['insert into t values ($1, $2), ($3, $4),\n($5,$6)', 'insert into t values ( ? , ? )'],
  // A label of an enumerated type may go: texts that could be one stay apart.
  ["select 'active'::status, '2026-01-01'::date", "select 'active' : : status , ? : : date"],
  ['select a from t where b in (select 1)', 'select a from t where b in ( select ? )'],
  ['insert into t values (1), (default)', 'insert into t values ( ? ) , ( default )'],
])('%s', (text, shape) => {
  expect(queryShape(text)).toBe(shape);
});

test('the id is that of the shape', () => {
  expect(queryId('select 1 -- a')).toBe(queryId('SELECT\n2'));
  expect(queryId('select 1')).not.toBe(queryId('select a'));
  expect(queryId('select 1')).toMatch(/^[0-9a-f]{12}$/);
});

test.each([
  [' select 1', 'select 1'],
  ['/* app */ (select 1) union (select 2)', '/* app */ (select 1) union (select 2)'],
  ['declare c cursor with hold for select a from t', 'select a from t'],
  ['prepare p (int) as update t set a = $1', 'update t set a = $1'],
  ['explain (analyze, costs off) delete from t', 'delete from t'],
  ['copy (select a from t where (b)) to stdout', 'select a from t where (b)'],
  ['merge into t using u on true when matched then delete', 'merge into t using u on true when matched then delete'],
  ['copy t from stdin', undefined],
  ['set x = 1', undefined],
  ['declare c cursor', undefined],
  ['"select" 1', undefined],
])('the query in %s', (statement, query) => {
  expect(queryOf(statement)).toBe(query);
});

test('what isn’t a query is counted by its first word', () => {
  expect(['vacuum t', '-- x\nbegin', '$1'].map(statementKind)).toEqual(['VACUUM', 'BEGIN', 'OTHER']);
});

test.each([
  ['select * from t where a = :a and b=@b or c = :a', 'select * from t where a = $1 and b=$2 or c = $1'],
  ['select :a::text, x::int, y[1:2], $3', 'select $4::text, x::int, y[1:2], $3'],
  ["select ':a', a <@b, f(:x, (@y))", "select ':a', a <@b, f($1, ($2))"],
  ['select @ -5, t.a from t', 'select @ -5, t.a from t'],
  ['insert into t values (:a,:b)', 'insert into t values ($1,$2)'],
])('parameters of %s', (text, numbered) => {
  expect(namedParameters(text)).toBe(numbered);
});

test('a rule names a query by its id, or by its text with a star', () => {
  const query = { id: '0123456789ab', text: 'select a,\n  b from report (1 + $1)' };
  const found = (rule: string) => ignoreRule(query, [{ query: rule, reason: 'it goes' }])?.reason;
  for (const rule of ['0123456789ab', 'select a, b from report (1 + $1)', 'SELECT * from report*', '*report*']) expect(found(rule), rule).toBe('it goes');
  for (const rule of ['select', '*reports*', '.*', 'a']) expect(found(rule), rule).toBeUndefined();
});

test.each([
  ["select 1 from t where mail = 'a@b.c' and state = 'active' -- Ann", "select 1 from t where mail = $1 and state = 'active'"],
  ["/* user='ann' */ update t set name = E'O\\'Neil', phone = 4915112345 where id = $3 limit 10", 'update t set name = $4, phone = $5 where id = $3 limit 10'],
  ["select date_trunc('day', at), $$Ann$$, 'Ann', U&'Ann' from t", "select date_trunc('day', at), $1, $2, $3 from t"],
])('no value of %s is kept', (text, expected) => {
  expect(withoutValues(text)).toBe(expected);
});
