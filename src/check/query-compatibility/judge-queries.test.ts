import { expect, test } from 'vitest';
import { failure, type SqlErrorFields } from '../../core/failure.ts';
import type { QueryColumn, QueryPlan, QueryTrial } from '../../core/queries.ts';
import { judgeQueries } from './judge-queries.ts';
import type { ComparedQuery, QueriesInput } from './queries-input.ts';
import { markedQuery } from './query-text.ts';
import { reportQueries } from './report-queries.ts';

const text = 'select id, price from item';
const plan: QueryPlan = { totalCost: 1, scans: [], tables: [], lines: [] };
const sql = (sqlstate: string, position?: number): SqlErrorFields => ({ sqlstate, message: 'it says so', ...(position === undefined ? {} : { position }) });
const planned = (columns: readonly QueryColumn[] = [{ name: 'id', type: 'integer', typeOid: 23 }]): QueryTrial => ({ kind: 'planned', text, columns, plan });
const failed = (sqlstate: string, position?: number): QueryTrial => ({ kind: 'failed', text, sql: sql(sqlstate, position) });
const parsed = (sqlstate: string): QueryTrial => ({ kind: 'parsed', text, columns: [{ name: 'id', type: 'integer', typeOid: 23 }], why: sql(sqlstate) });
const compared = (id: string, known: QueryTrial, other?: QueryTrial, more: Partial<ComparedQuery> = {}): ComparedQuery => ({
  query: { id, text, from: ['pg_stat_statements'], roles: ['app'], callsPerHour: 1200 },
  role: 'app',
  known,
  ...(other === undefined ? {} : { other }),
  ...more,
});
const ableToFail = { queryId: 'ok', table: 'public.item', sqlstate: '42P01' };
const input = (queries: readonly ComparedQuery[], more: Partial<QueriesInput> = {}): QueriesInput => ({
  ...{ direction: 'old-on-new', from: ['pg_stat_statements of the source'], leftOut: [], missing: [], weakened: [], unmatchedRules: [] },
  ...{ queries, ableToFail, policy: 'fail', changedResult: 'report' },
  ...more,
});
const ok = compared('ok', planned(), planned());
const gateOf = (queries: readonly ComparedQuery[], more: Partial<QueriesInput> = {}) => judgeQueries(input(queries, more)).gate;

test('a query that works on both passes, and only where it was shown able to fail', () => {
  expect(gateOf([ok])).toMatchObject({
    gate: 'query-compatibility',
    required: true,
    outcome: 'passed',
    couldFail: true,
    proof: expect.stringContaining('42P01'),
  });
  const { ableToFail: _, ...unproven } = input([ok]);
  expect(judgeQueries(unproven).gate).toMatchObject({ outcome: 'inconclusive', couldFail: false });
});

test('columns that it leaves out and that get something else now are told; numbers of another type, and of a sequence, are the same', () => {
  const inserts = (...values: string[]): QueryTrial => ({
    ...{ kind: 'planned', text },
    plan: {
      ...plan,
      tables: [{ schema: 'public', table: 'item', oid: '1' }],
      leftOut: values.map((value, at) => ({ table: 'public.item', number: at + 1, name: 'abcd'.charAt(at), value })),
    },
  });
  const { gate, findings } = judgeQueries(
    input([compared('insert', inserts("'new'", '0', "nextval('s')", 'now()'), inserts('NULL', "'0'", "nextval('t')", 'now()'))]),
  );
  expect(gate).toMatchObject({ outcome: 'passed' });
  expect(findings).toMatchObject([
    { severity: 'warning', title: "A query of the application writes other values after migrating: a, which it leaves out, was 'new' and is NULL" },
  ]);
});

test('triggers that the deploy made or altered, and that fire on what is written, are told once', () => {
  const writes = (...triggers: [string, string][]): QueryTrial => ({
    ...{ kind: 'planned', text },
    plan: { ...plan, writes: [{ oid: '1', table: 'public.item', operation: 'Insert', rules: [], triggers: triggers.map(([name, body]) => ({ name, body })) }] },
  });
  const known = writes(['kept', 'a'], ['altered', 'a'], ['gone', 'a']);
  const other = writes(['kept', 'a'], ['altered', 'b'], ['made', 'a']);
  const { gate, findings } = judgeQueries(input([compared('one', known, other), compared('two', known, other)]));
  expect(gate).toMatchObject({ outcome: 'passed' });
  expect(findings).toMatchObject([
    {
      id: 'query-compatibility:triggers:on what the application writes',
      severity: 'warning',
      title: 'What 2 triggers do that are new or altered was not tried: altered on public.item, made on public.item',
    },
  ]);
  expect(judgeQueries(input([compared('one', known, known)])).findings).toEqual([]);
});

test('one that reaches something else blocks, though it works', () => {
  const { plan: _, ...works } = planned() as Extract<QueryTrial, { kind: 'planned' }>;
  const other: QueryTrial = { ...works, plan, misdirected: 'it uses app.item in place of public.item' };
  const { gate, findings } = judgeQueries(input([ok, compared('bad', planned(), other)]));
  expect(gate).toMatchObject({ outcome: 'failed', summary: '1 of 2 queries of the application fails after migrating.' });
  expect(findings).toMatchObject([
    {
      id: 'query-compatibility:query:bad:misdirected',
      severity: 'blocker',
      title: 'A query of the application means something else after migrating: it uses app.item in place of public.item',
    },
  ]);
  expect(reportQueries(input([compared('bad', planned(), other)])).counts).toMatchObject({ broken: 1 });
});

test('queries of which nobody says who runs them prove nothing as superuser', () => {
  const { role: _, ...nobodys } = compared('ok', planned(), planned());
  const unknown = { ...nobodys, query: { ...nobodys.query, roles: [] } };
  expect(gateOf([unknown])).toMatchObject({ outcome: 'inconclusive', findingIds: ['query-compatibility:role:queries'] });
  expect(gateOf([unknown, ok]).outcome).toBe('passed');
  // In production it is a superuser who runs it.
  expect(gateOf([nobodys]).outcome).toBe('passed');
});

test('one that breaks blocks, with what it names, how often it runs and who did it', () => {
  const broken = compared('bad', planned(), failed('42703', 12), { blame: { migration: '0007_rename', file: 'migrations/0007_rename.sql' } });
  const { gate, findings } = judgeQueries(input([ok, broken]));
  expect(gate).toMatchObject({ outcome: 'failed', summary: '1 of 2 queries of the application fails after migrating.' });
  expect(findings).toEqual([
    expect.objectContaining({
      id: 'query-compatibility:query:bad',
      severity: 'blocker',
      rootCause: 'compatibility',
      migration: '0007_rename',
      place: { file: 'migrations/0007_rename.sql' },
      sql: { ...sql('42703', 12), statement: text },
    }),
  ]);
  for (const said of ['select id, »price« from item', 'It names price.', 'about 1,200 times an hour, as app', 'tried as app', 'Broken by 0007_rename.']) {
    expect(findings[0]?.detail).toContain(said);
  }
  // What somebody did a single time is told, and stops nothing.
  expect(gateOf([ok, { ...broken, query: { ...broken.query, once: true } }]).outcome).toBe('passed');
  expect(gateOf([broken], { direction: 'new-on-old' })).toMatchObject({ gate: 'new-query-compatibility', outcome: 'failed' });
  expect(gateOf([broken, ok], { direction: 'new-on-old', policy: 'report' })).toMatchObject({ outcome: 'passed' });
});

test.each([
  ['a right is gone: parsing says nothing of it, planning does', planned(), parsed('42501'), 'failed'],
  ['neither schema has a plan for it', parsed('42501'), parsed('42501'), 'passed'],
  ['a right was missing before', parsed('42501'), planned(), 'passed'],
  ['the planner didn’t come to an end', planned(), parsed('57014'), 'inconclusive'],
  ['the server was out of memory', planned(), failed('53200'), 'inconclusive'],
  ['it doesn’t work where it belongs', failed('42P01'), undefined, 'inconclusive'],
] as const)('%s', (_, known, other, outcome) => {
  expect(gateOf([compared('x', known, other)]).outcome).toBe(outcome);
});

test.each([
  ['another name', [{ name: 'number', type: 'integer', typeOid: 23 }], 'column 1 was id and is number'],
  ['another type', [{ name: 'id', type: 'bigint', typeOid: 20 }], 'id was integer and is bigint'],
  ['a type made anew', [{ name: 'id', type: 'integer', typeOid: 99 }], 'the type integer of id was made anew'],
  [
    'one more',
    [
      { name: 'id', type: 'integer', typeOid: 23 },
      { name: 'w', type: 'text', typeOid: 25 },
    ],
    '1 column, then 2 columns (new: w)',
  ],
] as const)('another result: %s', (_, columns, what) => {
  const queries = [compared('x', planned(), planned(columns))];
  const { gate, findings } = judgeQueries(input(queries));
  expect(gate.outcome).toBe('passed');
  expect(findings).toEqual([expect.objectContaining({ id: 'query-compatibility:query:x:result', severity: 'warning', title: expect.stringContaining(what) })]);
  expect(gateOf(queries, { changedResult: 'fail' }).outcome).toBe('failed');
  // The other way round it is what the release is there for.
  expect(judgeQueries(input(queries, { direction: 'new-on-old' })).findings).toEqual([]);
});

test('what can’t have failed never passes', () => {
  const unusable = compared('x', failed('42P01'));
  expect(gateOf([], { absent: 'the source has no pg_stat_statements' })).toMatchObject({ outcome: 'not-applicable', required: false });
  expect(gateOf([])).toMatchObject({ outcome: 'inconclusive', required: true });
  expect(gateOf([unusable])).toMatchObject({ outcome: 'inconclusive', couldFail: false });
  expect(gateOf([compared('x', planned(), failed('42703'), { ignored: 'gone for good' })])).toMatchObject({ outcome: 'inconclusive' });
  expect(gateOf([ok], { missing: ['3 entries are hidden'] })).toMatchObject({ outcome: 'inconclusive' });
  expect(gateOf([], { trouble: failure('no-second-clone', 'no clone') })).toMatchObject({ outcome: 'inconclusive' });
  // What some can't show is told beside the rest.
  const proof = gateOf([ok, unusable, compared('y', parsed('42704'), parsed('42704'))], { weakened: ['the source is a standby'] });
  expect(proof.outcome).toBe('passed');
  for (const said of ['1 can’t be tried at all', '1 can’t be planned', 'the source is a standby']) expect(proof.proof).toContain(said);
});

test('the table: counts, and the worst first', () => {
  const queries = [
    ok,
    compared('slow', planned(), planned()),
    compared('bad', planned(), failed('42703', 8)),
    compared('lost', failed('42P01')),
    compared('i', planned(), planned(), { ignored: 'gone' }),
  ];
  const report = reportQueries(input(queries, { missing: ['some are hidden'] }), new Map([['slow', 'reads all of item']]));
  expect(report.counts).toEqual({ broken: 1, regressed: 1, changed: 0, unusable: 1, ignored: 1, fine: 1 });
  expect(report.queries.map(({ id, state, why }) => [id, state, why])).toEqual([
    ['bad', 'broken', 'it says so (SQLSTATE 42703)'],
    ['slow', 'regressed', 'reads all of item'],
    ['lost', 'unusable', 'it says so (SQLSTATE 42P01)'],
    ['i', 'ignored', 'gone'],
  ]);
  expect(report.leftOut).toEqual(['some are hidden']);
});

test('the place of an error is marked, in characters', () => {
  expect(markedQuery("select '𝒳',\n  i . price\nfrom item i", { position: 15 })).toBe("select '𝒳', »i . price« from item i");
  expect(markedQuery('select 1 +', { position: 11 })).toBe('select 1 +»«');
  expect(markedQuery('select a', {})).toBe('select a');
  const long = `select ${'a, '.repeat(200)}lost from t where ${'b and '.repeat(200)}c`;
  const cut = markedQuery(long, { position: 608 });
  expect(cut).toMatch(/^….*a, »lost« from t where b and .*…$/);
  expect(cut.length).toBeLessThan(180);
});
