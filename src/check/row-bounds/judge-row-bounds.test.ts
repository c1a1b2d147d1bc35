import { expect, test } from 'vitest';
import { withSession } from '../../../test/support/session.ts';
import type { RowBounds } from '../../config/schema.ts';
import type { StatementRecord } from '../../core/migration.ts';
import { type EvaluatedBound, evaluateBounds } from './evaluate-bounds.ts';
import { judgeRowBounds, type RowBoundsInput } from './judge-row-bounds.ts';
import { notCounting, type TableVolume } from './read-row-volumes.ts';

const volume = (oid: string, name: string, rows: number, more: Partial<TableVolume> = {}): TableVolume => ({
  oid,
  schema: 'public',
  table: name,
  file: oid,
  parent: undefined,
  partitioned: false,
  rows,
  inserted: 0,
  updated: 0,
  deleted: 0,
  ...more,
});
const exactly = (count: number) => ({ min: count, max: count });

function judged(bounds: readonly EvaluatedBound[], before: readonly TableVolume[], after: readonly TableVolume[], more: Partial<RowBoundsInput> = {}) {
  const { gate, findings } = judgeRowBounds({ bounds, before: { tables: before }, after: { tables: after }, undeclared: 'report', ...more });
  return { gate, findings, found: findings.map(({ id, severity }) => `${severity} ${id}`) };
}

test('good: as declared, by the name before or after, with and without a schema', () => {
  const before = [volume('1', 'legal_entity', 10), volume('2', 'Odd', 5)];
  const after = [volume('1', 'tenant', 12, { inserted: 2, updated: 3 }), volume('2', 'Odd', 5)];
  for (const table of ['public.tenant', 'legal_entity', 'public.legal_entity']) {
    const { gate, findings } = judged(
      [
        { table, ranges: { inserted: exactly(2), updated: { min: 1, max: 4 }, rows: { min: 12 } } },
        { table: 'public.Odd', ranges: { updated: exactly(0) } },
      ],
      before,
      after,
    );
    expect(findings).toEqual([]);
    expect(gate).toMatchObject({
      gate: 'row-bounds',
      phase: 'data-gate',
      required: true,
      outcome: 'passed',
      couldFail: true,
      summary: '5 rows written, as declared.',
    });
  }
});

test('bad: too many, too few, too many left', () => {
  const statement: StatementRecord = {
    migration: '8_x',
    index: 1,
    place: { file: 'db/8_x.sql', line: 4 },
    text: "update public.invoice set status = 'overdue'",
    tag: 'UPDATE',
    rows: 9412,
    durationMs: 1,
  };
  const { gate, findings } = judged(
    [{ table: 'public.invoice', ranges: { updated: { ...exactly(3187), query: 'select 3187' }, deleted: exactly(1), rows: { min: 0, max: 5 } } }],
    [volume('1', 'invoice', 10)],
    [volume('1', 'invoice', 10, { updated: 9412 })],
    { statements: [statement, { ...statement, text: 'update public.other set a = 1' }] },
  );
  expect(findings).toMatchObject([
    {
      id: 'row-bounds:table:public.invoice:updated',
      severity: 'blocker',
      rootCause: 'data-volume',
      title: 'The migrations updated 9,412 rows of public.invoice; 3,187 were expected',
      expected: '3,187 rows updated',
      actual: '9,412 rows updated',
      detail: 'The bound is a query that was run on the clone before migrating: select 3187',
      migration: '8_x',
      place: { file: 'db/8_x.sql', line: 4 },
    },
    { id: 'row-bounds:table:public.invoice:deleted', title: 'The migrations deleted 0 rows of public.invoice; 1 was expected' },
    { id: 'row-bounds:table:public.invoice:rows', title: 'public.invoice has 10 rows after migrating; 0 to 5 were expected' },
  ]);
  expect(gate).toMatchObject({ outcome: 'failed', summary: 'The migrations updated 9,412 rows of public.invoice; 3,187 were expected.' });
});

test('a statement is only named where it is certain', () => {
  const statement: StatementRecord = { migration: '8', index: 1, place: { file: 'f' }, text: 'update t set a = 1', tag: 'UPDATE', rows: 2, durationMs: 1 };
  const bad = (statements: readonly StatementRecord[]) =>
    judged([{ table: 't', ranges: { updated: exactly(0) } }], [volume('1', 't', 2)], [volume('1', 't', 2, { updated: 2 })], { statements }).findings[0]
      ?.migration;
  expect(bad([statement])).toBe('8');
  expect(bad([statement, { ...statement, index: 2 }])).toBeUndefined();
  expect(bad([{ ...statement, rows: 1 }])).toBeUndefined();
  expect(bad([{ ...statement, text: "update u set a = 't'" }])).toBeUndefined();
});

test('TRUNCATE counts as deleting, dropping a table too', () => {
  const { findings } = judged(
    [
      { table: 'emptied', ranges: { deleted: exactly(0) } },
      { table: 'gone', ranges: { deleted: exactly(7) } },
    ],
    [volume('1', 'emptied', 40), volume('2', 'gone', 7)],
    [volume('1', 'emptied', 0, { file: 'new' })],
  );
  expect(findings).toMatchObject([
    { id: 'row-bounds:table:public.emptied:deleted', actual: '40 rows deleted', detail: '40 rows went by TRUNCATE, which fires no row trigger.' },
  ]);
});

test('undeclared changes, by policy; the ledger may grow, but a bound on it holds', () => {
  const before = [volume('1', 't', 10), volume('2', 'ledger', 4), volume('3', 'made_before', 0)];
  const after = [volume('1', 't', 10, { updated: 4 }), volume('2', 'ledger', 6, { inserted: 2 }), volume('3', 'made_before', 0)];
  expect(judged([], before, after, { ledger: 'public.ledger' })).toMatchObject({
    found: ['warning row-bounds:table:public.t:undeclared'],
    findings: [{ title: 'Rows of public.t changed without a bound that says so: 4 updated' }],
    gate: { outcome: 'not-applicable', required: false, couldFail: false },
  });
  expect(judged([], before, after, { undeclared: 'fail', ledger: 'ledger' })).toMatchObject({
    found: ['blocker row-bounds:table:public.t:undeclared'],
    gate: { outcome: 'failed', required: true },
  });
  expect(judged([{ table: 'ledger', ranges: { inserted: exactly(1) } }], before, after, { ledger: 'ledger' }).found).toEqual([
    'blocker row-bounds:table:public.ledger:inserted',
    'warning row-bounds:table:public.t:undeclared',
  ]);
  // A table's bound leaves out a kind of change: that kind is undeclared.
  expect(judged([{ table: 't', ranges: { inserted: exactly(0) } }], before, after, { undeclared: 'fail', ledger: 'ledger' }).found).toEqual([
    'blocker row-bounds:table:public.t:undeclared',
  ]);
  expect(judged([{ table: 't', ranges: { updated: exactly(4) } }], before, after, { undeclared: 'fail', ledger: 'ledger' }).gate.outcome).toBe('passed');
});

test('whoever stops the counting leaves a doubt that decides', () => {
  const tables = [volume('1', 't', 10)];
  const stopped = (before?: string) =>
    judgeRowBounds({
      bounds: [],
      before: { tables, ...(before !== undefined && { problem: before }) },
      after: { tables, problem: notCounting },
      undeclared: 'report',
      massChange: { rows: 1000, percent: 10 },
    }).gate;
  expect(stopped()).toMatchObject({ outcome: 'inconclusive', required: true });
  expect(stopped(notCounting)).toMatchObject({ outcome: 'inconclusive', required: false });
});

test('how many rows there are afterwards says nothing of those that others replaced', () => {
  const rows = (inserted: number, deleted: number, massChange: 'off' | { rows: number; percent: number }) =>
    judged(
      [{ table: 't', ranges: { rows: exactly(2000 + inserted - deleted) } }],
      [volume('1', 't', 2000)],
      [volume('1', 't', 2000 + inserted - deleted, { inserted, deleted })],
      { massChange },
    );
  expect(rows(1500, 0, { rows: 1000, percent: 10 }).found).toEqual([]);
  expect(rows(2, 1900, { rows: 1000, percent: 10 }).findings).toMatchObject([{ severity: 'warning', actual: '2 inserted, 1,900 deleted' }]);
  expect(rows(2000, 2000, 'off').found).toEqual(['warning row-bounds:table:public.t:undeclared']);
  expect(rows(2000, 2000, { rows: 1000, percent: 10 }).found).toEqual(['blocker row-bounds:table:public.t:undeclared']);
});

test('partitions: told once, at the top; a bound above covers them, one on a partition covers its part', () => {
  const tables = (updated: number) => [
    volume('1', 'part', 10, { partitioned: true, updated }),
    volume('2', 'part_a', 5, { parent: '1', updated }),
    volume('3', 'part_b', 5, { parent: '1' }),
  ];
  expect(judged([], tables(0), tables(3), { undeclared: 'fail' }).found).toEqual(['blocker row-bounds:table:public.part:undeclared']);
  expect(judged([{ table: 'part', ranges: { updated: exactly(3) } }], tables(0), tables(3), { undeclared: 'fail' }).found).toEqual([]);
  expect(judged([{ table: 'part_a', ranges: { updated: exactly(3) } }], tables(0), tables(3), { undeclared: 'fail' }).found).toEqual([]);
});

test('what can not be counted, or not be found, is a doubt', () => {
  const tables = [volume('1', 't', 10)];
  expect(judged([{ table: 'tt', ranges: { updated: exactly(0) } }], tables, tables)).toMatchObject({
    found: ['doubt row-bounds:table:tt:unknown'],
    gate: { outcome: 'inconclusive' },
  });
  const { gate } = judgeRowBounds({
    bounds: [{ table: 't', ranges: { updated: exactly(0) } }],
    before: { tables },
    after: { tables, problem: 'track_counts is off' },
    undeclared: 'report',
  });
  expect(gate.outcome).toBe('inconclusive');
  const reset = judgeRowBounds({ bounds: [], before: { tables }, after: { tables, resetAt: '2026-01-01' }, undeclared: 'report' });
  expect(reset).toMatchObject({ gate: { outcome: 'inconclusive', required: true }, findings: [{ severity: 'doubt' }] });
  // Rolled back rows are among the counted: too many proves nothing, too few does.
  const written = [volume('1', 't', 10, { inserted: 3 })];
  expect(judged([{ table: 't', ranges: { inserted: exactly(0) } }], tables, written).found).toEqual(['doubt row-bounds:table:public.t:inserted']);
  expect(judged([{ table: 't', ranges: { inserted: exactly(3) } }], tables, written).found).toEqual(['doubt row-bounds:table:public.t:inserted']);
  expect(judged([{ table: 't', ranges: { inserted: exactly(5) } }], tables, written).found).toEqual(['blocker row-bounds:table:public.t:inserted']);
});

test('a bound without limits can not fail', () => {
  const tables = [volume('1', 't', 10)];
  expect(judged([{ table: 't', ranges: { updated: { min: 0 } } }], tables, tables).gate).toMatchObject({ outcome: 'not-applicable', couldFail: false });
});

test('bounds are made numbers on the clone, and change nothing there', async () => {
  await withSession(18, 'create table t (a int); insert into t values (1), (2), (3)', async (session) => {
    const bounds: RowBounds[] = [{ table: 't', inserted: 0, updated: { query: 'select count(*) from t where a > 1' }, deleted: { max: 4 }, rows: { min: 1 } }];
    expect(await evaluateBounds(session, bounds)).toEqual({
      ok: true,
      value: [
        {
          table: 't',
          ranges: {
            inserted: exactly(0),
            updated: { ...exactly(2), query: 'select count(*) from t where a > 1' },
            deleted: { min: 0, max: 4 },
            rows: { min: 1 },
          },
        },
      ],
    });
    for (const query of [
      'select a from t',
      'select null',
      "select 'x'",
      'select count(*) from nowhere',
      'delete from t where a = 1 returning a',
      'select -1',
      'select 1.5',
    ]) {
      expect(await evaluateBounds(session, [{ table: 't', updated: { query } }]), query).toMatchObject({
        ok: false,
        failure: { code: 'check-failed', object: 't, updated' },
      });
    }
    expect(await session.query('select count(*)::int as n from t')).toEqual([{ n: 3 }]);
  });
});
