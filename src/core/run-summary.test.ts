import { expect, test } from 'vitest';
import { recordedStatement, recordingOf } from '../../test/support/example-recordings.ts';
import { exampleEvents, exampleNames, exampleSummary, journal } from '../../test/support/example-runs.ts';
import type { Event } from './event.ts';
import type { RecordedStatement } from './recording.ts';
import { summarise } from './run-summary.ts';

test('a whole run', () => {
  const summary = exampleSummary('blocker');
  expect(summary).toMatchObject({ finished: true, exitCode: 1, durationMs: 14_320, verdict: { kind: 'BLOCKER' }, header: { runId: '20261121-024500-7f3a' } });
  expect(summary.phases.map((phase) => phase.outcome)).toEqual([
    ...['passed', 'passed', 'passed', 'passed', 'passed', 'passed', 'failed', 'failed', 'not-applicable', 'not-applicable', 'failed'],
  ]);
  expect(summary.migrations.map((migration) => [migration.state, migration.statements.length])).toEqual([1, 5, 2, 1, 2, 2].map((count) => ['applied', count]));
  expect(summary.rowChanges.filter((change) => change.before !== change.after)).toEqual([
    { table: 'public.legal_entity', before: 120, after: undefined },
    { table: 'public.schema_migrations', before: 4, after: 10 },
    { table: 'public.tenant', before: undefined, after: 120 },
  ]);
  expect(summary.parity).toHaveLength(14);
  expect(summary.artifacts.map((artifact) => artifact.path)).toEqual(['schema-gate/clone.sql', 'schema-gate/baseline.sql']);
});

test('the gravest finding comes first, and it is the one the verdict names', () => {
  const { findings, verdict } = exampleSummary('blocker');
  expect(findings[0]).toMatchObject({ differenceClass: 'security', severity: 'blocker' });
  expect(findings.map((finding) => finding.severity)).toEqual([...Array.from({ length: 6 }, () => 'blocker'), 'warning', 'note']);
  expect(verdict?.summary).toContain(findings[0]?.title);
});

test('a record that ends anywhere can be summarised', () => {
  const entries = journal(exampleEvents.blocker());
  for (let length = 0; length < entries.length; length++) {
    const summary = summarise(entries.slice(0, length));
    expect(summary.finished).toBe(false);
    expect(summary.verdict).toBeUndefined();
    expect(summary.phases).toHaveLength(11);
    expect(summary.durationMs).toBeGreaterThanOrEqual(0);
  }
  expect(exampleSummary('torn').phases.find((phase) => phase.phase === 'migrate')?.outcome).toBe('unfinished');
});

test('a migration that is run again counts its last attempt', () => {
  const statement = (index: number, error?: string): Event => ({
    type: 'statement',
    statement: {
      ...{ migration: 'm', index, place: { file: 'm.sql', line: index }, text: `statement ${index}`, rows: null, durationMs: 1 },
      ...(error === undefined ? {} : { error: { sqlstate: error, message: 'cannot run inside a transaction block' } }),
    },
  });
  const lineage: Event = { type: 'lineage-read', applied: [], pending: [{ revision: 'm', file: 'm.sql', sha256: '' }], unknown: [] };
  const finished: Event = { type: 'migration-finished', outcome: { migration: 'm', ranAs: 'no-transaction', durationMs: 3, statements: 2 } };
  const events: Event[] = [lineage, statement(1), statement(2, '25001'), lineage, statement(1), statement(2), finished];
  expect(summarise(journal(events)).migrations).toMatchObject([{ state: 'applied', attempts: 2, statements: [{ index: 1 }, { index: 2 }] }]);
  expect(summarise(journal(events.slice(0, 3))).migrations).toMatchObject([{ state: 'failed', attempts: 1 }]);
  expect(summarise(journal(events.slice(0, 1))).migrations).toMatchObject([{ state: 'not-run', attempts: 0 }]);
});

test('what the recorder saw finds its statements, and none where the two don’t agree', () => {
  const events = exampleEvents.blocker();
  const migration = '0005_add_overdue_status';
  const mine = events.flatMap((event) => (event.type === 'statement' && event.statement.migration === migration ? [event.statement] : []));
  const statements = mine.map(({ text, place }, index) => recordedStatement({ id: index + 2, migration, place, text }));
  const recorded = (all: readonly RecordedStatement[]): Event => ({ type: 'recorded', recording: recordingOf({ statements: all }) });
  const joined = summarise(journal([...events, recorded([recordedStatement({ id: 1, text: 'begin' }), ...statements])]));
  expect(joined.migrations[0]?.statements.map((one) => one.recorded?.id)).toEqual(mine.map((_, index) => index + 2));
  const lacking = summarise(journal([...events, recorded(statements.slice(1))]));
  expect(lacking.migrations[0]?.statements.map((one) => one.recorded)).toEqual(mine.map(() => undefined));
});

test('what was removed in the end is no leftover', () => {
  const resource = {
    id: 'r',
    kind: 'folder',
    label: 'clone',
    facts: {},
    kept: false,
    owner: { pid: 1, processStartedAt: '', host: '' },
    createdAt: '',
  } as const;
  const notRemoved: Event = { type: 'resource', what: 'not-removed', resource };
  expect(summarise(journal([notRemoved])).leftovers).toHaveLength(1);
  expect(summarise(journal([notRemoved, { type: 'resource', what: 'removed', resource }])).leftovers).toHaveLength(0);
});

test('the same fault in two phases is told twice, the same finding sent twice once', () => {
  const events = exampleEvents.blocker().filter((event) => event.type === 'finding');
  const [first] = events;
  if (first?.type !== 'finding') throw new Error('the example has findings');
  const elsewhere: Event = { ...first, finding: { ...first.finding, phase: 'drift' } };
  expect(summarise(journal([first, first, elsewhere])).findings).toHaveLength(2);
});

test('an event of a newer version is left out', () => {
  const newer = { type: 'weather', sky: 'clear' } as unknown as Event;
  expect(summarise(journal([newer, ...exampleEvents.pass()])).verdict?.kind).toBe('PASS');
});

test.each(exampleNames)('%s survives JSON', (name) => {
  expect(() => JSON.stringify(exampleSummary(name))).not.toThrow();
});
