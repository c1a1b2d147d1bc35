import { expect, test } from 'vitest';
import type { Migration } from '../core/migration.ts';
import { planCuts } from './plan-cuts.ts';

const settings = { transaction: 'auto', layout: 'flat', ledger: { table: 'm', column: 'v', match: 'revision' } } as const;

function migration(revision: string, up: string, optsOutOfTransaction = false): Migration {
  return { revision, file: `${revision}.sql`, sha256: '', up, upLine: 1, optsOutOfTransaction };
}

function ids(pending: readonly Migration[], noTransaction: readonly string[] = [], ledger = true): readonly string[] {
  const { ledger: known, ...others } = settings;
  return planCuts(pending, ledger ? { ...others, ledger: known } : others, noTransaction).points.map(({ id }) => id);
}

test('one transaction has one representative, the longest; between migrations each boundary is tried', () => {
  const pending = [migration('1', 'select 1'), migration('2', 'select 1; select 2; select 3'), migration('3', 'select 1')];
  expect(ids(pending)).toEqual(['2:in-3', '1:done-1', '2:done-3']);
  expect(planCuts(pending, settings, []).inTransactions).toBe(5);
});

test('without a transaction each boundary counts, in the middle of what commits on its way too', () => {
  const up = 'set lock_timeout = 1; create table a (); create index concurrently i on a (b); refresh materialized view concurrently m';
  expect(ids([migration('1', up, true)])).toEqual(['1:after-2', '1:during-3', '1:after-3', '1:unrecorded-4']);
  expect(ids([migration('1', up)], ['1'])).toHaveLength(4);
  // Nobody knows when a deploy without a known ledger calls a migration done: at its end.
  expect(ids([migration('1', up, true)], [], false)).toEqual(['1:after-2', '1:during-3', '1:after-3']);
});

test('a file with its own transactions: inside one counts as in a transaction, behind its end doesn’t', () => {
  const up = 'begin; create table a (); commit; create table b (); begin; drop table b; rollback';
  expect(ids([migration('1', up)])).toEqual(['1:in-6', '1:after-3', '1:after-4']);
});

test('where a procedure commits by itself is not known', () => {
  const plan = planCuts([migration('1', 'call p(); do $$ begin commit; end $$; do $$ begin end $$', true)], settings, []);
  expect(plan.unforeseeable.map(({ statement }) => statement)).toEqual([1, 2]);
});
