import { expect, test } from 'vitest';
import { exampleRecording, recordedStatement } from '../../test/support/example-recordings.ts';
import type { Finding } from '../core/finding.ts';
import { explainFinding } from './explain-finding.ts';

const paint = (_: unknown, text: string) => text;

const finding: Finding = {
  ...{ id: 'rewrite:table:public.invoice:type', check: 'rewrite', phase: 'migrate', severity: 'blocker', rootCause: 'lock' },
  ...{ object: { kind: 'table', name: 'public.invoice' }, title: 'public.invoice was written anew', detail: 'For 2.2 s nobody read it.' },
  ...{ migration: '0006_rename_legal_entity_to_tenant', place: { file: 'migrations/flawed/0006_rename_legal_entity_to_tenant.sql', line: 1 } },
  ...{ cure: 'Make the new form beside the old one.', showSql: 'select 1;' },
  advice: {
    statements: ["set lock_timeout = '2s'", 'alter table public.invoice\n  add column total_new bigint'],
    loses: 'the values of total',
    notes: ['Look first.'],
  },
};

test('what was recorded of the statement, and the safe way, as it can be pasted', () => {
  const recording = exampleRecording();
  const text = explainFinding(finding, recording, 100, paint).join('\n');
  expect(text).toBe(`public.invoice was written anew
blocks the deploy · migrate · table public.invoice ·
migrations/flawed/0006_rename_legal_entity_to_tenant.sql:1

For 2.2 s nobody read it.

What was recorded
  alter table public.legal_entity rename to tenant
It took 2.9 s, of which it waited 2.8 s for locks of others.
It had no lock_timeout.
It locked public.legal_entity (ACCESS EXCLUSIVE) for 2.2 s, which stops reading and writing.
80 kB of WAL were written by the whole server meanwhile.

What to do
Make the new form beside the old one.

The safe way
  set lock_timeout = '2s';
  alter table public.invoice
    add column total_new bigint;
It loses the values of total.
Look first.

See it yourself
  select 1;`);
});

test('what was not observed is said, and not called nothing', () => {
  const statement = recordedStatement({
    ...{ migration: finding.migration, place: finding.place, locks: undefined },
    ...{
      rewrites: [{ relation: 1, reasons: ['type'], bytesAfter: 2_048, seenBy: 'in-session' }],
      scans: [{ relation: 1, rowsRead: 12_000, seenBy: 'in-session' }],
    },
    unobserved: [{ what: 'locks', why: 'the connection was lost' }],
  } as never);
  const lines = explainFinding(finding, { ...exampleRecording(), statements: [statement], relations: [] }, 100, paint);
  expect(lines).toContain('Not observed: locks, because the connection was lost.');
  expect(lines).toContain('It wrote relation 1 anew (type): 2.0 kB.');
  expect(lines).toContain('It read all of relation 1: 12,000 rows at least.');
});

test('a finding of no statement has its own words alone; control characters are shown, not sent', () => {
  const { place, advice, showSql, ...bare } = finding;
  const lines = explainFinding({ ...bare, title: 'a\u001b[2Jb', expected: 'x\ny', actual: 'z' }, undefined, 100, paint);
  expect(lines.join('\n')).not.toContain('\u001b');
  expect(lines).toEqual(expect.arrayContaining(['Expected', '  x', '  y', 'Actual', '  z']));
  expect(lines).not.toContain('What was recorded');
  expect(lines).not.toContain('The safe way');
});
