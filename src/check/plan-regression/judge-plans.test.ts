import { expect, test } from 'vitest';
import type { PlannedTable, QueryPlan } from '../../core/queries.ts';
import { judgePlans } from './judge-plans.ts';
import type { PlansInput } from './plans-input.ts';

const item: PlannedTable = {
  oid: '1',
  schema: 'public',
  table: 'item',
  rows: 50_000,
  bytes: 819_200,
  file: '1',
  shape: 'a',
  indexes: ['item_name', 'item_pkey'],
  columns: [
    { number: 1, name: 'id', analysed: true },
    { number: 2, name: 'name', analysed: true },
    { number: 3, name: 'old', analysed: true },
  ],
};
const plan = (node: string, totalCost: number, table = 'item', indexes: readonly string[] = []): QueryPlan => ({
  totalCost,
  scans: [{ node, schema: 'public', table, indexes }],
  tables: [{ schema: 'public', table }],
  lines: [`${node} on ${table}`],
});
const byIndex = plan('Index Scan', 8, 'item', ['item_name']);
const input = (before: QueryPlan, after: QueryPlan, now: Partial<PlannedTable> = { shape: 'b' }, more: Partial<PlansInput> = {}): PlansInput => ({
  ...{ policy: 'report', factor: 10, minCost: 10_000, largeTableRows: 10_000 },
  tables: { before: [item], after: [{ ...item, ...now }] },
  queries: [{ query: { id: 'q', text: 'select id from item where name = $1', from: [], roles: [], callsPerHour: 60 }, before, after }],
  ...more,
});

test('a large table that was read by an index and now is read whole, whatever it costs', () => {
  const { findings, gate, regressed } = judgePlans(input(byIndex, plan('Seq Scan', 700), { indexes: ['item_pkey'] }));
  expect(gate).toMatchObject({ outcome: 'passed', required: false });
  expect(findings).toEqual([
    expect.objectContaining({
      id: 'plan-regression:query:q',
      severity: 'warning',
      title: expect.stringContaining('reads all of public.item, 50,000 rows'),
      detail: expect.stringMatching(/60 times an hour[\s\S]*the index item_name isn’t there any more/),
      expected: 'Index Scan on item',
      actual: 'Seq Scan on item',
    }),
  ]);
  expect(regressed.get('q')).toContain('reads all of');
  expect(judgePlans(input(byIndex, plan('Seq Scan', 700), { indexes: [] }, { policy: 'fail' })).gate).toMatchObject({ outcome: 'failed', required: true });
});

test('a cost that has grown by the factor and matters, with what the planner lost', () => {
  // Renamed columns keep what is known of them, dropped ones need nothing.
  const columns = [
    { number: 1, name: 'number', analysed: true },
    { number: 2, name: 'name', analysed: false },
  ];
  const found = judgePlans(input(plan('Seq Scan', 1_000), plan('Seq Scan', 20_000), { columns, file: '2' }));
  expect(found.findings[0]?.detail).toMatch(/knows nothing any more of public.item \(name\): ANALYZE.*; public.item was written anew/);
  expect(judgePlans(input(plan('Seq Scan', 100), plan('Seq Scan', 9_000))).findings).toEqual([]);
  expect(judgePlans(input(plan('Seq Scan', 3_000), plan('Seq Scan', 20_000))).findings).toEqual([]);
});

test('a renamed table is the same table; a small one may be read whole; one that wasn’t touched isn’t asked about', () => {
  expect(judgePlans(input(byIndex, plan('Parallel Seq Scan', 700, 'article'), { table: 'article' })).findings).toHaveLength(1);
  expect(judgePlans(input(byIndex, plan('Seq Scan', 700), { rows: 500 })).findings).toEqual([]);
  expect(judgePlans(input(byIndex, plan('Seq Scan', 99_999), {})).gate).toMatchObject({ outcome: 'not-applicable', required: false });
  // It was read whole before.
  expect(judgePlans(input(plan('Seq Scan', 600), plan('Seq Scan', 700))).findings).toEqual([]);
});
