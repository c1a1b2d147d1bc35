import { expect, test } from 'vitest';
import type { TableCount } from '../../core/data.ts';
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
