import { expect, test } from 'vitest';
import type { Recording } from '../../core/recording.ts';
import { firstOfRowsOnly } from './rows-only.ts';

const writes = { table: 'alembic_version', find: (value: string) => (/^000[1-9]$/.test(value) ? value : undefined) };
const recorded = (...statements: readonly object[]) =>
  ({
    transactions: [{ id: 1, outcome: 'committed' }],
    statements: statements.map((one, at) => ({ id: at + 1, transaction: 1, ...one })),
  }) as unknown as Recording;
const record = (revision: string) => ({
  text: `UPDATE alembic_version SET version_num='${revision}' WHERE alembic_version.version_num = '0001'`,
  tag: 'UPDATE',
});
const fill = { text: 'update public.fund set name = upper(name)', tag: 'UPDATE' };
const build = { text: 'alter table public.fund add column x int', tag: 'ALTER TABLE' };

test('only those before the first that changes the structure', () => {
  const order = ['0002', '0003', '0004'];
  const of = (...statements: readonly object[]) => firstOfRowsOnly(recorded(...statements), writes, order);
  expect(of(build, record('0002'), fill, record('0003'), build, record('0004'))).toEqual([]);
  expect(of(fill, record('0002'), record('0003'), build, record('0004'))).toEqual(['0002', '0003']);
  // What can’t be told apart is not told.
  expect(of(fill, { text: 'do $$ begin end $$', tag: 'DO' }, record('0002'), fill, record('0003'))).toEqual([]);
  expect(of(fill, build)).toEqual([]);
  expect(of({ ...fill, migration: '0002' }, { ...build, migration: '0003' })).toEqual(['0002']);
  expect(firstOfRowsOnly(undefined, writes, order)).toEqual([]);
});
