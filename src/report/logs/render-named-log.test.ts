import { describe, expect, test } from 'vitest';
import { type ExampleRun, exampleEvents, exampleNames, journal } from '../../../test/support/example-runs.ts';
import type { Event } from '../../core/event.ts';
import type { GateResult } from '../../core/gate.ts';
import { logContents } from '../../core/named-log.ts';
import { renderNamedLog } from './render-named-log.ts';

const entriesOf = (name: ExampleRun, ...more: readonly Event[]) => journal([...exampleEvents[name](), ...more]);
const firstLine = (text: string) => text.split('\n')[0] ?? '';

const gate = (change: Partial<GateResult> & Pick<GateResult, 'gate' | 'outcome'>): Event => ({
  type: 'gate',
  gate: { phase: 'lineage', required: true, couldFail: true, proof: 'tried', summary: 'Looked at.', findingIds: [], durationMs: 1, ...change },
});

const stamped: Event = {
  type: 'stamped',
  report: {
    ...{ revision: '0019', by: 'tool', command: ['alembic', 'stamp', '0019'], exitCode: 0, output: [{ stream: 'stderr', line: 'Running stamp_revision' }] },
    ...{ durationMs: 812, ledger: ['public.alembic_version'], schemaBefore: 'a'.repeat(64), schemaAfter: 'b'.repeat(64), objects: 412 },
    ...{
      changed: ['table public.fund: comment'],
      tables: 12,
      written: ['public.alembic_version'],
      recorded: ['0019'],
      applied: ['0018', '0019'],
      pending: ['0020'],
    },
  },
};

describe.each(exampleNames)('of the run %s', (name) => {
  test.each([...logContents])('%s is never empty, and starts with a result', (holds) => {
    const { text } = renderNamedLog(holds, entriesOf(name));
    expect(firstLine(text)).toMatch(/^(PASSED|FAILED|INCONCLUSIVE|NOT RUN|NOT APPLICABLE|RECORDED, NOT JUDGED)(, NOT SHOWN: [^:]+)?: \S/);
    expect(text.trimEnd().split('\n').length).toBeGreaterThan(3);
    // Names of a hostile database forge no line.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });
});

test('what nobody did looks like no success', () => {
  for (const holds of logContents) expect(firstLine(renderNamedLog(holds, entriesOf('empty')).text), holds).toMatch(/^NOT RUN: /);
  for (const holds of ['anchor-parity', 'stamp', 'current-after-stamp', 'required-objects'] as const) {
    expect(firstLine(renderNamedLog(holds, entriesOf('pass')).text), holds).toMatch(/^NOT RUN: /);
  }
});

test('a run that ended before says where, and why', () => {
  const [first = '', ...rest] = renderNamedLog('smoke', entriesOf('failedMigration')).text.split('\n');
  expect(first).toMatch(/^NOT RUN: Smoke validation - the run ended before that, in phase migrate: /);
  expect(rest.join('\n')).toContain('Nothing of this was done, and nothing of it is shown.');
});

test('a failed upgrade is a failure from its first line on, with its SQLSTATE', () => {
  const { text } = renderNamedLog('upgrade', entriesOf('failedMigration'));
  expect(firstLine(text)).toMatch(/^FAILED: /);
  expect(text).toMatch(/SQLSTATE [0-9A-Z]{5}/);
});

test('a copy that nobody attested lacks that in its first line, and not when it was', () => {
  const cloned: Event = { type: 'cloned', imageId: 'image-1', dataAsOf: '2026-11-21T02:45:00.000Z', server: 'PostgreSQL 15.18', database: 'shop' };
  expect(firstLine(renderNamedLog('attestation', entriesOf('pass', cloned)).text)).toMatch(/, NOT SHOWN: isolation of the clone, backup or PITR: /);
  const attested = [cloned, gate({ gate: 'isolation', outcome: 'passed' }), gate({ gate: 'backup', outcome: 'passed' })];
  expect(firstLine(renderNamedLog('attestation', entriesOf('pass', ...attested)).text)).not.toContain('NOT SHOWN');
});

test('a stamp that changed the schema says so, whatever its gate says', () => {
  const { text } = renderNamedLog('stamp', entriesOf('pass', stamped, gate({ gate: 'stamp', outcome: 'failed' })));
  expect(firstLine(text)).toBe('FAILED: Stamp');
  expect(text).toContain('(CHANGED)');
  expect(text).toContain('Command    alembic stamp 0019');
  expect(text).toContain('changed: table public.fund: comment');
});

test('what no gate judged is a record, and no success', () => {
  expect(firstLine(renderNamedLog('stamp', entriesOf('pass', stamped)).text)).toBe('RECORDED, NOT JUDGED: Stamp');
});

test('deviations at the anchor show both sides', () => {
  const deviation = { object: 'column public.fund.currency', property: 'type', production: 'text', expected: 'character(3)' };
  const parts = [{ part: 'columns' as const, compared: 31, deviations: [deviation] }];
  const compared: Event = { type: 'anchor-compared', parity: { revision: '0019', against: 'repo', label: 'the repo at 0019', parts } };
  const { text } = renderNamedLog('anchor-parity', entriesOf('pass', compared, gate({ gate: 'anchor-parity', outcome: 'failed' })));
  expect(text).toMatch(/column public\.fund\.currency, type\n +production: text\n +expected: +character\(3\)/);
});

test('the revisions that the ledger has are held against those that were expected', () => {
  const report = { expected: ['0020', '0021'], recorded: ['0020'], heads: ['70a7', '0021'], current: ['0020'] };
  const answer = { about: 'current' as const, moment: 'after-migrate' as const, command: ['alembic', 'current'], exitCode: 0, lines: ['0020'] };
  const events: Event[] = [
    { type: 'history-applied', report },
    { type: 'tool-answered', phase: 'migrate', answer },
    gate({ gate: 'lineage-applied', outcome: 'failed' }),
  ];
  const { text } = renderNamedLog('current-after-upgrade', entriesOf('pass', ...events));
  expect(text).toMatch(/^FAILED: [\s\S]*\(NOT THE SAME\)[\s\S]*\(2\)[\s\S]*alembic current {2}\(exit code 0\)\n {2}0020/);
});

test('each required object has its line', () => {
  const object = (name: string, after: boolean, problems: readonly string[] = []) => ({
    kind: 'table',
    name,
    madeByThisDeploy: true,
    before: false,
    after,
    problems,
  });
  const objects = [object('public.a', true), object('public.b', false), object('public.c', true, ['column amount is integer and not bigint'])];
  const { text } = renderNamedLog(
    'required-objects',
    entriesOf('pass', { type: 'required-objects', report: { objects } }, gate({ gate: 'required-objects', outcome: 'failed' })),
  );
  expect(text).toContain('table public.a: present and valid, made by this deploy');
  expect(text).toContain('table public.b: MISSING');
  expect(text).toContain('table public.c: INVALID: column amount is integer and not bigint');
  expect(text).toContain('3 objects, 2 missing or invalid.');
});

test('rows of both sides stand beside each other', () => {
  const { text } = renderNamedLog('row-parity', entriesOf('pass'));
  expect(firstLine(text)).toMatch(/^PASSED: Row counts/);
  expect(text).toMatch(/table +source +clone +difference\n(\S+ +\d+ +\d+ {2}0\n)+/);
});
