import { expect, test } from 'vitest';
import { settingsSchema } from '../schema.ts';
import { settingsProblems } from '../settings-problems.ts';

const base = {
  source: { urlVariable: 'SOURCE_URL' },
  migrate: { tool: 'sql-files', folder: 'migrations', layout: 'flat', appliedThrough: '0001' },
  baseline: { mode: 'init-at-head', schema: ['head.sql'] },
};
const invariants = [{ name: 'tenants-apart', sql: 'select 1', expect: { rows: 'none' } }];
const problems = (more: Record<string, unknown>) =>
  settingsProblems(settingsSchema, { ...base, ...more }).map(({ path, message }) => `${path.join('.')} ${message}`);
const advisory = (gate: string) => ({ gate, as: 'advisory', reason: 'being introduced this quarter' });

test('gates that a run can have may be named, or meant by a pattern', () => {
  const gates = ['row-parity', 'invariant:*', 'invariant:tenants-apart', 'pgtap:db/tests/a.sql', 'rollback:*', '*', 'schema-*', 'pooling:session:web'].map(
    advisory,
  );
  expect(problems({ gates, data: { invariants } })).toEqual([]);
});

test('a gate that no run can have is an error, with the name that was meant', () => {
  const gates = ['row-parity ', 'invariants:*', 'invariant:tenant-apart', 'backfill:all', 'nonsense'].map(advisory);
  const told = problems({ gates, data: { invariants } });
  expect(told).toHaveLength(5);
  expect(told[0]).toMatch(/^gates\.0\.gate is no gate that a run has; did you mean "row-parity"\?/);
  expect(told[1]).toMatch(/did you mean "invariant:\*"/);
  expect(told[2]).toMatch(/did you mean "invariant:tenants-apart"/);
  expect(told[3]).toMatch(/nothing of that kind is configured/);
  expect(told[4]).toMatch(/is no gate that a run has: backup, /);
});

test('a server check or a query around a migration that isn’t asked can’t stop a run', () => {
  const runbook = {
    serverChecks: [{ kind: 'role', name: 'app-logs-in', role: 'app' }],
    migrations: [{ revision: '0002_b.sql', verify: [{ name: 'is-there', sql: 'select 1', expect: { rows: 'some' } }] }],
  };
  const stop = (gate: string) => ({ gate, stops: true });
  expect(problems({ gates: ['server-check:app-logs-in', 'server-check:*', 'verify:0002_b:is-there', 'verify:*'].map(stop), runbook })).toEqual([]);
  const told = problems({ gates: ['server-check:app-login', 'verify:0002_b:is-their', 'before:*'].map(stop), runbook });
  expect(told).toHaveLength(3);
  expect(told[0]).toMatch(/did you mean "server-check:app-logs-in"/);
  expect(told[1]).toMatch(/did you mean "is-there"/);
  expect(told[2]).toMatch(/nothing of that kind is configured/);
});

test('what doesn’t decide needs a reason and can’t stop a run, and a rule must say something', () => {
  const told = problems({
    gates: [
      { gate: 'row-parity', as: 'off' },
      { gate: 'row-parity', as: 'advisory', stops: true, reason: 'we know that already' },
      { gate: 'row-parity' },
      { gate: 'row-parity', as: 'advisory', inconclusive: 'blocker', reason: 'we know that already' },
      { gate: 'row-parity', inconclusive: 'blocker' },
    ],
  });
  expect(told).toEqual([
    'gates.0 needs a reason: a gate that decides nothing is named in the verdict, with why',
    'gates.1 can’t stop the run: only what decides may',
    'gates.2 says neither what the gate is (`as`), nor whether it stops the run (`stops`), nor what a doubt comes to (`inconclusive`)',
    'gates.3 can’t block the deploy: only what decides may',
  ]);
});

test('an attestation has a text, a person and a time; a backup is found out in one way', () => {
  expect(problems({ isolation: { attestation: 'nobody else gets in', by: 'dba', at: '2026-01-31T09:00:00+01:00' } })).toEqual([]);
  expect(problems({ isolation: { by: 'dba', at: '2026-01-31T09:00:00Z' } })).toEqual(['isolation needs either attestation or attestationFile']);
  expect(problems({ isolation: { attestation: 'nobody else gets in', by: 'dba', at: 'yesterday' } })).toHaveLength(1);
  expect(problems({ preconditions: { backup: {} } })).toEqual(['preconditions.backup needs exactly one of attestation, command and archiver']);
  expect(problems({ preconditions: { backup: { archiver: true, command: ['last-backup'] } } })).toHaveLength(1);
});

test('a required object of a table names it', () => {
  expect(problems({ requiredObjects: [{ kind: 'policy', name: 'tenant' }] })).toHaveLength(1);
  expect(problems({ requiredObjects: [{ kind: 'table', name: 'public.t', table: 'public.t' }] })).toHaveLength(1);
  expect(problems({ requiredObjects: [{ kind: 'index', name: 'public.i', columns: [{ name: 'a' }] }] })).toHaveLength(1);
  expect(problems({ requiredObjects: [{ kind: 'policy', name: 'tenant', table: 'public.t' }] })).toEqual([]);
});

test('forbidden errors are SQLSTATEs, and tools that are known by name have them too', () => {
  const migrate = { ...base.migrate, forbiddenErrors: ['42P07'] };
  expect(problems({ migrate })).toEqual([]);
  expect(problems({ migrate: { ...migrate, forbiddenErrors: ['DuplicateTable'] } })).toHaveLength(1);
  const parsed = settingsSchema.parse({ ...base, migrate: { tool: 'alembic', role: 'm', forbiddenErrors: ['42P07'] } });
  expect(parsed.migrate).toMatchObject({ tool: 'command', adapter: 'alembic', forbiddenErrors: ['42P07'] });
});
