import { expect, test } from 'vitest';
import { settingsProblems } from '../settings-problems.ts';
import { invariants } from './invariants.ts';

const rls = { name: 'x', kind: 'rls-isolation', tables: ['a.b'], role: 'app', settings: { 'app.tenant': '1' }, tenantColumn: 'tenant' };

test('entries without a kind are SQL, and what is left out has its default', () => {
  expect(invariants.parse([{ name: 'x', sql: 'select 1', expect: { rows: 'some' } }])).toEqual([
    { name: 'x', sql: 'select 1', settings: {}, expect: { rows: 'some' }, required: true },
  ]);
  expect(invariants.parse([rls])).toEqual([{ ...rls, withoutContext: { rows: 'none' }, commands: ['insert', 'update', 'delete'], required: true }]);
  expect(invariants.parse([{ name: 'x', kind: 'append-only', table: 'a.b' }])).toMatchObject([{ commands: ['update', 'delete', 'truncate'] }]);
});

test.each<[string, readonly unknown[], readonly string[]]>([
  ['no kind, and SQL that is half there', [{ name: 'x', sql: 'select 1' }], ['0.expect is missing']],
  [
    'no kind, and keys of another kind',
    [{ name: 'x', view: 'v', sql: 'select 1' }],
    ['0.kind is missing: "sql", "rls-isolation", "append-only", "status-forward"'],
  ],
  ['a mistyped kind', [{ name: 'x', kind: 'append_only', table: 3 }], ['0.kind must be "sql"', '0.table must be text, not a number']],
  ['a key of another kind', [{ name: 'x', kind: 'sequence-ahead', sequence: 's' }], ['0.sequence is not a known key']],
  ['two ways to tell tenants apart', [{ ...rls, visibleWhere: 'true' }], ['0 needs either tenantColumn or visibleWhere']],
  ['a tenant that nothing names', [{ ...rls, settings: {} }], ['0 needs tenant, since']],
  ['neither order nor transitions', [{ name: 'x', kind: 'status-forward', table: 't', column: 'c' }], ['0 needs either order or transitions']],
  ['half of an entry', [{ name: 'x', kind: 'balances', table: 't', debit: 'd' }], ['0 needs either amount, or both debit and credit']],
  ['amount and debit', [{ name: 'x', kind: 'balances', table: 't', amount: 'a', debit: 'd', credit: 'c' }], ['0 needs either amount']],
  ['a word for an error', [{ name: 'x', kind: 'append-only', table: 't', error: 'P01' }], ['0.error must be a SQLSTATE of five characters']],
  [
    'two of one name',
    [
      { name: 'x', kind: 'sequence-ahead' },
      { name: 'x', kind: 'foreign-keys-hold' },
    ],
    [' has two entries of one name'],
  ],
])('%s', (_, given, messages) => {
  const problems = settingsProblems(invariants, given).map(({ path, message }) => `${path.join('.')} ${message}`);
  expect(problems).toHaveLength(messages.length);
  for (const [at, message] of messages.entries()) expect(problems[at]).toContain(message);
});
