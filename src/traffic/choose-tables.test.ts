import { expect, test } from 'vitest';
import { chooseTables, namesIn } from './choose-tables.ts';
import { applicationName } from './session-name.ts';
import type { TrafficTable } from './traffic-table.ts';

const table = (name: string, bytes: number, kind: TrafficTable['kind'] = 'table'): TrafficTable => ({
  oid: name,
  name: `public.${name}`,
  kind,
  bytes,
  partitions: [],
  columns: ['id'],
  key: ['id'],
});
const tables = [
  table('huge', 900),
  table('large', 800),
  table('view', 700, 'view'),
  table('far', 600, 'foreign table'),
  table('busy', 5),
  table('named', 1),
  table('"Odd"', 0),
];
const names = (wanted: Partial<Parameters<typeof chooseTables>[1]>) =>
  chooseTables(tables, { maxTables: 8, named: new Set(), activity: [], ...wanted }).chosen.map(({ name }) => name.replace('public.', ''));

test('what the migrations name comes first, then the busiest, then the largest; views and foreign tables only by name', () => {
  const activity = [
    { schema: 'public', table: 'large', reads: 3, writes: 3 },
    { schema: 'public', table: 'busy', reads: 0, writes: 7 },
    { schema: 'other', table: 'huge', reads: 1000, writes: 0 },
  ];
  expect(names({ named: new Set(['named', 'view']), activity })).toEqual(['named', 'busy', 'large', 'huge', '"Odd"']);
  expect(names({ maxTables: 2 })).toEqual(['huge', 'large']);
});

test('configured tables are the only ones, by any way of writing them, each once', () => {
  expect(
    chooseTables(tables, { maxTables: 1, named: new Set(['huge']), activity: [], tables: ['view', 'public.Busy', 'BUSY', 'public.Odd', 'nowhere'] }),
  ).toMatchObject({
    chosen: [{ name: 'public.view' }, { name: 'public.busy' }, { name: 'public."Odd"' }],
    unknown: ['nowhere'],
  });
});

test('names in scripts are folded as Postgres does, and those in texts and comments are none', () => {
  expect(namesIn([`alter table Invoice add "Note" text default 'total' -- customer`, 'drop index /* x */ invoice_idx'])).toEqual(
    expect.arrayContaining(['invoice', 'Note', 'invoice_idx']),
  );
  expect(namesIn([`select 'total' -- customer`])).toEqual(['select']);
});

test('an application_name is cut at whole characters', () => {
  expect(applicationName('reader of public.invoice')).toBe('pgrehearse reader of public.invoice');
  const cut = applicationName(`reader of public.${'é'.repeat(40)}`);
  expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(63);
  expect(cut).toMatch(/é$/);
});

test('the ledger has no traffic, unless it is configured', () => {
  expect(names({ except: ['public.huge', 'public."Odd"'] })).toEqual(['large', 'busy', 'named']);
  expect(names({ except: ['public.huge'], tables: ['public.huge'] })).toEqual(['huge']);
});
