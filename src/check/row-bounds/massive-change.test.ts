import { expect, test } from 'vitest';
import { judgeRowBounds, type RowBoundsInput } from './judge-row-bounds.ts';
import type { TableVolume } from './read-row-volumes.ts';

const volume = (oid: string, rows: number, more: Partial<TableVolume> = {}): TableVolume => ({
  oid,
  schema: 'public',
  table: `t${oid}`,
  file: oid,
  parent: undefined,
  partitioned: false,
  rows,
  inserted: 0,
  updated: 0,
  deleted: 0,
  ...more,
});

/** What a change of one table is found to be, nothing being declared unless told. */
function found(before: TableVolume | undefined, after: TableVolume | undefined, more: Partial<RowBoundsInput> = {}): string {
  const list = (table: TableVolume | undefined) => (table === undefined ? [] : [table]);
  const { gate, findings } = judgeRowBounds({
    bounds: [],
    before: { tables: list(before) },
    after: { tables: list(after) },
    undeclared: 'report',
    massChange: { percent: 10, rows: 1000 },
    preservation: 'exact',
    ...more,
  });
  expect(findings.length).toBeLessThan(2);
  return `${findings[0]?.severity ?? 'nothing'} ${gate.outcome}${gate.required ? '' : ', advisory'}`;
}

test('bad: more rows than both limits, in one kind of change', () => {
  expect(found(volume('1', 5000), volume('1', 5000, { updated: 1001 }))).toBe('blocker failed');
  expect(found(volume('1', 5000), volume('1', 10_000, { inserted: 5000 }))).toBe('blocker failed');
  expect(found(volume('1', 5000), volume('1', 3900, { deleted: 1100 }))).toBe('blocker failed');
  expect(found(volume('1', 0), volume('1', 1001, { inserted: 1001 }))).toBe('blocker failed');
  const { findings } = judgeRowBounds({
    bounds: [],
    before: { tables: [volume('1', 5000)] },
    after: { tables: [volume('1', 5000, { updated: 5000 })] },
    undeclared: 'report',
    massChange: { percent: 10, rows: 1000 },
  });
  expect(findings).toMatchObject([
    {
      id: 'row-bounds:table:public.t1:undeclared',
      rootCause: 'data-volume',
      detail: 'It is a mass change: 5,000 rows updated, 100 % of what there was. More than 1,000 rows and 10 % have to be declared.',
    },
  ]);
});

test('bad: a table that is emptied, at any size', () => {
  expect(found(volume('1', 3), volume('1', 0, { deleted: 3 }))).toBe('blocker failed');
  expect(found(volume('1', 3), volume('1', 0, { file: 'truncated' }))).toBe('blocker failed');
});

test('good: less than one of both, a new table, a table made anew, what is declared', () => {
  const told = 'warning passed, advisory';
  expect(found(volume('1', 5000), volume('1', 5000, { updated: 1000 }))).toBe(told);
  expect(found(volume('1', 50_000), volume('1', 50_000, { updated: 5000 }))).toBe(told);
  expect(found(undefined, volume('1', 9000, { inserted: 9000 }))).toBe('warning not-applicable, advisory');
  expect(found(volume('1', 9000, { table: 'same' }), volume('2', 9000, { table: 'same', inserted: 9000 }))).toBe(told);
  // Whose values are looked after elsewhere, unless nobody does.
  expect(found(volume('1', 9000), undefined)).toBe(told);
  expect(found(volume('1', 9000), undefined, { preservation: 'off' })).toBe('blocker failed');
  const reason = 'the team has said so';
  const updated = volume('1', 5000, { updated: 5000 });
  expect(found(volume('1', 5000), updated, { contentChanges: [{ table: 't1', reason }] })).toBe(told);
  expect(found(volume('1', 5000), updated, { contentChanges: [{ table: 't1', columns: ['a'], reason }] })).toBe(told);
  expect(found(volume('1', 5000), volume('1', 10_000, { inserted: 5000 }), { contentChanges: [{ table: 't1', columns: ['a'], reason }] })).toBe(
    'blocker failed',
  );
  expect(found(volume('1', 5000), updated, { bounds: [{ table: 't1', ranges: { updated: { min: 5000, max: 5000 } } }] })).toBe('nothing passed');
  expect(found(volume('1', 5000), updated, { massChange: 'off' })).toBe('warning not-applicable, advisory');
});

test('rows that were rolled back are counted, and so a large number is a doubt', () => {
  expect(found(volume('1', 5000), volume('1', 5000, { inserted: 5000 }))).toBe('doubt inconclusive');
  expect(found(volume('1', 5000), volume('1', 0, { inserted: 10, file: 'new' }))).toBe('blocker failed');
});

test('shares are worked out from the rows that the table had', () => {
  const bounds = (minPercent: number, maxPercent: number) => ({ bounds: [{ table: 't1', ranges: { updated: { minPercent, maxPercent } } }] });
  const before = volume('1', 200);
  expect(found(before, volume('1', 200, { updated: 21 }), bounds(5, 10.5))).toBe('nothing passed');
  expect(found(before, volume('1', 200, { updated: 22 }), bounds(5, 10.5))).toBe('blocker failed');
  expect(found(before, volume('1', 200, { updated: 9 }), bounds(5, 10.5))).toBe('blocker failed');
  expect(
    found(undefined, volume('1', 200, { inserted: 200, updated: 1 }), {
      bounds: [{ table: 't1', ranges: { updated: { minPercent: 1 }, inserted: { min: 1 } } }],
    }),
  ).toBe('doubt inconclusive');
});
