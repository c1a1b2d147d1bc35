import { expect, test } from 'vitest';
import type { TableCount, TableHash } from '../../core/data.ts';
import { judgeRowParity } from './judge-row-parity.ts';

const counts = (rows: Readonly<Record<string, number>>): TableCount[] =>
  Object.entries(rows).map(([table, count]) => ({ schema: 'public', table, rows: count }));

test('good: the same rows', () => {
  const { gate, findings } = judgeRowParity({ source: counts({ a: 1000, b: 0 }), clone: counts({ b: 0, a: 1000 }), limitPercent: 0 });
  expect(findings).toEqual([]);
  expect(gate).toMatchObject({
    gate: 'row-parity',
    phase: 'fidelity',
    required: true,
    outcome: 'passed',
    couldFail: true,
    proof: '2 tables counted on both sides',
    summary: '1,000 rows on both sides.',
  });
});

test('bad: one row less, a table that is missing, one that nobody knows', () => {
  const { gate, findings } = judgeRowParity({ source: counts({ a: 1000, b: 1 }), clone: counts({ a: 999, c: 3 }), limitPercent: 0 });
  expect(findings).toMatchObject([
    { id: 'row-parity:table:public.a', severity: 'doubt', rootCause: 'fidelity', title: 'public.a has 999 rows in the clone and 1,000 in production' },
    { id: 'row-parity:table:public.b', title: 'public.b is missing in the clone' },
    { id: 'row-parity:table:public.c', title: 'public.c is in the clone, with 3 rows, and was not counted in production' },
  ]);
  expect(gate).toMatchObject({ outcome: 'inconclusive', findingIds: findings.map(({ id }) => id) });
});

test('a limit in percent of the source’s rows: on it is fine, and said; beyond is not; an empty table may not gain one', () => {
  const at = judgeRowParity({ source: counts({ a: 1000 }), clone: counts({ a: 999 }), limitPercent: 0.1 });
  expect(at).toMatchObject({ gate: { outcome: 'passed', summary: '1,000 rows on both sides, within 0.1 percent.' }, findings: [{ severity: 'warning' }] });
  expect(judgeRowParity({ source: counts({ a: 1000 }), clone: counts({ a: 998 }), limitPercent: 0.1 }).gate.outcome).toBe('inconclusive');
  expect(judgeRowParity({ source: counts({ a: 0 }), clone: counts({ a: 1 }), limitPercent: 0.1 }).gate.outcome).toBe('inconclusive');
});

test('nothing to compare is not a pass', () => {
  expect(judgeRowParity({ source: [], clone: [], limitPercent: 0 }).gate).toMatchObject({ outcome: 'inconclusive', couldFail: false });
});

const hashed = (table: string, rows: number, rowHash: string, columns: Readonly<Record<string, string>>): TableHash => ({
  schema: 'public',
  table,
  rows,
  rowHash,
  columns: Object.entries(columns).map(([column, hash]) => ({ column, values: rows, hash })),
});

test('content: the same values in every column, and the same rows', () => {
  const content = { source: [hashed('a', 2, 'r', { x: '1', y: '2' })], clone: [hashed('a', 2, 'r', { x: '1', y: '2' })] };
  const { gate, findings } = judgeRowParity({ source: counts({ a: 2 }), clone: counts({ a: 2 }), limitPercent: 0, content, wanted: 'content' });
  expect(findings).toEqual([]);
  expect(gate).toMatchObject({
    outcome: 'passed',
    proof: '1 table counted and 2 columns hashed on both sides',
    summary: '2 rows on both sides, equal in every column.',
  });
});

test('content: an altered column and exchanged values are found where the counts are equal', () => {
  const source = [hashed('a', 2, 'r', { x: '1', y: '2' }), hashed('b', 2, 'r', { x: '1' })];
  const clone = [hashed('a', 2, 's', { x: '1', y: '3' }), hashed('b', 2, 's', { x: '1' })];
  const both = counts({ a: 2, b: 2 });
  const { gate, findings } = judgeRowParity({ source: both, clone: both, limitPercent: 5, content: { source, clone } });
  expect(findings).toMatchObject([
    {
      id: 'row-parity:table:public.a:content',
      severity: 'doubt',
      title: 'public.a holds other content in the clone than in production: other values in y',
      detail: 'y: 2 values on both sides, at least one of them another.',
    },
    { id: 'row-parity:table:public.b:content', title: expect.stringContaining('values have changed places between rows') },
  ]);
  expect(gate).toMatchObject({ outcome: 'inconclusive', summary: '2 tables of the clone differ from production in rows or what they hold.' });
});

test('content: rows that may be missing don’t make content a doubt; content that can’t be known does, when it is wanted', () => {
  const content = { source: [hashed('a', 1000, 'r', { x: '1' })], clone: [hashed('a', 999, 's', { x: '2' })] };
  const within = judgeRowParity({ source: counts({ a: 1000 }), clone: counts({ a: 999 }), limitPercent: 0.1, content });
  expect(within).toMatchObject({ gate: { outcome: 'passed' }, findings: [{ severity: 'warning' }, { severity: 'warning' }] });
  const both = counts({ a: 1 });
  expect(judgeRowParity({ source: both, clone: both, limitPercent: 0, wanted: 'content' })).toMatchObject({
    gate: { outcome: 'inconclusive' },
    findings: [{ severity: 'doubt', object: { kind: 'source' } }],
  });
});
