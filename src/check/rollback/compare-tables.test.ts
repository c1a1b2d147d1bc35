import { expect, test } from 'vitest';
import type { TableHash } from '../../core/data.ts';
import { compareTables } from './compare-tables.ts';
import { sumPartitions } from './sum-partitions.ts';

function table(name: string, rows: number, columns: Readonly<Record<string, [values: number, hash: string]>>, rowHash = '1'): TableHash {
  return { schema: 'public', table: name, rows, rowHash, columns: Object.entries(columns).map(([column, [values, hash]]) => ({ column, values, hash })) };
}
const item = table('item', 30, { id: [30, 'a'], colour: [20, 'b'] });

test.each<[string, TableHash | undefined, readonly string[]]>([
  ['the same', item, []],
  ['a column more', table('item', 30, { id: [30, 'a'], colour: [20, 'b'], note: [0, '0'] }, '2'), []],
  ['the table is gone', undefined, ['table public.item 30 0']],
  ['rows are missing', table('item', 29, { id: [29, 'c'], colour: [19, 'd'] }, '2'), ['rows public.item 30 29']],
  ['the column is gone', table('item', 30, { id: [30, 'a'] }, '2'), ['column public.item.colour 20 0']],
  ['all of it is null', table('item', 30, { id: [30, 'a'], colour: [0, '0'] }, '2'), ['column public.item.colour 20 0']],
  ['some are null', table('item', 30, { id: [30, 'a'], colour: [5, 'e'] }, '2'), ['values public.item.colour 20 5']],
  ['other values', table('item', 30, { id: [30, 'a'], colour: [20, 'e'] }, '2'), ['values public.item.colour 20 20']],
  ['values in other rows', table('item', 30, { id: [30, 'a'], colour: [20, 'b'] }, '2'), ['pairing public.item 30 30']],
  ['rows and a column', table('item', 10, { id: [10, 'c'], colour: [0, '0'] }, '2'), ['rows public.item 30 10', 'column public.item.colour 20 0']],
])('%s', (_, after, found) => {
  const differences = compareTables([item], after === undefined ? [] : [after]);
  expect(differences.map(({ kind, object, before, after: now }) => `${kind} ${object.name} ${before} ${now}`)).toEqual(found);
});

test('an empty table may go, the ledger’s rows are the tool’s, and what is accepted says why', () => {
  expect(compareTables([table('empty', 0, { id: [0, '0'] })], [])).toEqual([]);
  expect(compareTables([item], [], { ledger: 'public.item' })).toEqual([]);
  const accepted = [{ table: 'item', columns: ['colour'], reason: 'nobody wants it' }];
  expect(compareTables([item], [table('item', 30, { id: [30, 'z'] }, '2')], { accepted })).toMatchObject([
    { object: { name: 'public.item.colour' }, declared: 'nobody wants it' },
    { object: { name: 'public.item.id' } },
  ]);
});

test('a row that is in another partition now is where it was', () => {
  const places = [
    { oid: '1', schema: 'public', table: 'event', parent: undefined },
    { oid: '2', schema: 'public', table: 'event_a', parent: '1' },
    { oid: '3', schema: 'public', table: 'event_b', parent: '1' },
  ];
  const leaf = (name: string, rows: number, hash: string) => table(name, rows, { id: [rows, hash] }, hash);
  const before = sumPartitions([leaf('event_a', 2, 'fffffffffffffff0'), leaf('event_b', 1, '10')], places);
  expect(before).toEqual([table('event', 3, { id: [3, '0000000000000000'] }, '0000000000000000')]);
  expect(compareTables(before, sumPartitions([leaf('event_a', 1, '8'), leaf('event_b', 2, 'fffffffffffffff8')], places))).toEqual([]);
});
