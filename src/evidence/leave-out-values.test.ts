import { expect, test } from 'vitest';
import type { Event } from '../core/event.ts';
import type { Finding } from '../core/finding.ts';
import { leaveOutValues } from './leave-out-values.ts';

const kept = (event: Event) => JSON.stringify(leaveOutValues(event));
const statement = { migration: '0002', index: 1, place: { file: 'm/0002.sql' }, text: "update t set a = 'in the file'", rows: null, durationMs: 1 };

/** What PostgreSQL says of rows, as it says it. */
const sayings = [
  'Key (email)=(ann@example.com) already exists.',
  'Key (a, b)=(ann@example.com, (2)) is not present in table "t".',
  'Failing row contains (1, ann@example.com, null).',
  'invalid input syntax for type integer: "ann@example.com"',
  'invalid input value for enum mood: "ann@example.com"',
  'malformed array literal: "{ann@example.com"',
  'invalid value "ann@example.com" for "YYYY"',
  'value "ann@example.com" is out of range for type integer',
  'date/time field value out of range: "ann@example.com"',
  'Key (room, during)=(1, ann@example.com) conflicts with existing key (room, during)=(1, ann@example.com).',
];

test.each(sayings)('%s', (saying) => {
  const places: Event[] = [
    { type: 'step', phase: 'migrate', text: `it said: ${saying}` },
    { type: 'statement', statement: { ...statement, error: { sqlstate: '23505', message: saying, detail: saying, where: saying } } },
    {
      type: 'failure',
      phase: 'migrate',
      failure: {
        code: 'migration-failed',
        rootCause: 'sql-error',
        message: saying,
        cure: 'Correct it.',
        sql: { sqlstate: '23505', message: 'm', detail: saying, statement: `select '${saying}'` },
      },
    },
  ];
  for (const event of places) expect(kept(event)).not.toContain('ann@');
});

test('details of an error go whole, whatever they say', () => {
  const error = { sqlstate: 'P0001', message: 'no', detail: 'ann@example.com owes 12', where: 'PL/pgSQL function f() line 3: ann@example.com' };
  expect(kept({ type: 'statement', statement: { ...statement, error } })).not.toContain('ann@');
});

test.each([
  ['P0001', 'ann@example.com owes 12', 'PL/pgSQL function f() line 3 at RAISE'],
  ['23514', 'ann@example.com owes 12', 'PL/pgSQL function f() line 3 at RAISE\nSQL statement "select f()"'],
  ['22023', 'invalid parameter "ann@example.com"', undefined],
])('what a program raised, or a datum was refused with, goes wherever it is repeated: %s %s', (sqlstate, message, where) => {
  const hint = 'ask ann@example.com';
  const sql = { sqlstate, message, ...(where === undefined ? {} : { where, hint }) };
  const failure = { code: 'migration-failed' as const, rootCause: 'sql-error' as const, message: `0002 failed: ${message}`, cure: 'Correct it.', sql };
  const text = kept({ type: 'failure', phase: 'migrate', failure });
  expect(text).not.toContain('ann@');
  expect(text).toContain('0002 failed: ');
});

test('names, counts and the repo’s own statements stay', () => {
  const text = kept({
    type: 'statement',
    statement: {
      ...statement,
      error: { sqlstate: '23505', message: 'duplicate key value violates unique constraint "t_email_key"', constraint: 't_email_key' },
    },
  });
  expect(text).toContain('t_email_key');
  expect(text).toContain('in the file');
  expect(kept({ type: 'counted', moment: 'before', counts: [{ schema: 'public', table: 't', rows: 3 }] })).toContain('"rows":3');
});

test('what was printed is left out whole, since nobody knows what it is', () => {
  expect(kept({ type: 'output', phase: 'migrate', stream: 'stdout', line: 'hello ann' })).not.toContain('ann');
  const message = 'npm run migrate ended with exit code 1. Left behind: nothing. Its last lines:\nhello ann\nand bob';
  expect(kept({ type: 'failure', phase: 'migrate', failure: { code: 'command-failed', rootCause: 'sql-error', message, cure: 'Correct it.' } })).not.toMatch(
    /ann|bob/,
  );
});

test('differences of a schema keep both sides', () => {
  const finding: Finding = {
    id: 'x',
    check: 'schema',
    phase: 'schema-gate',
    severity: 'blocker',
    rootCause: 'structural-parity',
    object: { kind: 'column', name: 'public.t.a' },
    title: 'The type differs',
    expected: 'integer',
    actual: 'text',
    differenceClass: 'security',
    cure: 'Correct it.',
  };
  expect(kept({ type: 'finding', finding: finding })).toContain('"expected":"integer"');
});
