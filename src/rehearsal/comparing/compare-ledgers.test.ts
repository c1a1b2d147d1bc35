import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { migrationFiles } from '../../../test/support/migration-files.ts';
import { testContext } from '../../../test/support/test-context.ts';
import type { Settings } from '../../config/schema.ts';
import type { CheckOutcome } from '../../core/check-outcome.ts';
import { readFlat } from '../../migrate/layouts/flat.ts';
import { compareLedgers } from './compare-ledgers.ts';

const { migrations } = readFlat(migrationFiles({ '001_a.sql': 'select 1', '002_b.sql': 'select 2', '003_c.sql': 'select 3' }));
const settings: Settings['migrate'] = {
  tool: 'sql-files',
  folder: 'db',
  layout: 'flat',
  transaction: 'auto',
  ledger: { table: 'public.done', column: 'name', match: 'revision' },
};

/** Compares the lists of two databases that were made so. */
function compare(clone: string, baseline: string, built: 'marked' | 'absent' = 'marked'): Promise<CheckOutcome | undefined> {
  const table = 'create table done (name text, at timestamptz default clock_timestamp())';
  return withDatabase(18, `${table}; ${clone}`, (left) =>
    withDatabase(18, `${table}; ${baseline}`, (right) =>
      compareLedgers(testContext(), settings, migrations, { clone: left, baseline: { clone: { admin: right }, outcome: { ledger: built } } }),
    ),
  );
}
const rows = (...names: readonly string[]) => `insert into done (name) values ${names.map((name) => `('${name}')`).join(', ')}`;

test('good: the same ones, in another order and at other times', async () => {
  const found = await compare(rows('001_a', '003_c', '002_b'), rows('001_a', '002_b', '003_c'));
  expect(found).toMatchObject({ findings: [], gate: { gate: 'ledger-rows', outcome: 'passed', couldFail: true } });
});

test('bad: one that ran and isn’t recorded, one that only the clone has, and one that nobody knows', async () => {
  const found = await compare(rows('001_a', '003_c', '099_gone'), rows('001_a', '002_b'));
  expect(found?.gate).toMatchObject({ outcome: 'failed', required: true, summary: 'public.done records other migrations than the baseline’s.' });
  expect(found?.findings.map(({ id, severity, expected, actual }) => [id, severity, expected, actual])).toEqual([
    ['ledger-rows:table:public.done:002_b', 'blocker', 'recorded', 'not recorded'],
    ['ledger-rows:table:public.done:003_c', 'blocker', 'not recorded', 'recorded'],
    ['ledger-rows:table:public.done:099_gone', 'blocker', 'not recorded', 'recorded'],
  ]);
  expect(found?.gate.findingIds).toHaveLength(3);
});

test('two empty lists prove nothing', async () => {
  expect(await compare('select 1', 'select 1')).toMatchObject({ findings: [], gate: { outcome: 'inconclusive', couldFail: false } });
});

test('a baseline whose list nobody wrote is not compared', async () => {
  expect(await compare(rows('001_a'), 'select 1', 'absent')).toBeUndefined();
});
