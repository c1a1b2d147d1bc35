import { expect, test } from 'vitest';
import { exampleSummary } from '../../../test/support/example-runs.ts';
import type { IsolationReport } from '../../core/isolation.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { renderMarkdown } from '../markdown.ts';
import { renderHtml } from './render-html.ts';

const base = exampleSummary('pass');
const [first] = base.gates;
if (first === undefined) throw new Error('the example has no gate');
const isolation: IsolationReport = {
  ...{ fromTime: '2026-11-21T02:45:00Z', untilTime: '2026-11-21T02:46:00Z', database: 'shop', ours: 9, counted: 9, looks: 30 },
  ...{ foreign: [], earlier: [], excess: 0, proven: true, gaps: [] },
};
const governed: RunSummary = {
  ...base,
  isolation,
  cloneComplete: { database: 'shop', at: '2026-11-21T02:45:00Z', lsn: '0/1A2B3C' },
  attestations: [{ what: 'backup', by: 'dba@example.org', at: '2026-11-21T00:00:00Z', text: 'nightly <base> backup' }],
  requiredObjects: {
    objects: [
      { kind: 'table', name: 'public.flag', madeByThisDeploy: true, before: false, after: true, problems: [] },
      { kind: 'index', name: 'public.flag_at', madeByThisDeploy: true, before: true, after: true, problems: ['it is not valid'] },
      { kind: 'view', name: 'public.board', madeByThisDeploy: false, before: true, after: false, problems: [] },
    ],
  },
  gates: [
    ...base.gates,
    { ...first, gate: 'invariant:weighed', required: false, outcome: 'failed', ruled: { as: 'advisory', reason: 'next release', wasRequired: true } },
  ],
};
const sectionOf = (summary: RunSummary) => /<section id="ground"[\s\S]*?<\/section>/.exec(renderHtml(summary))?.[0] ?? '';

test('the page tells whose the clone was, what is attested, ruled and required', () => {
  const section = sectionOf(governed);
  for (const told of [
    '0/1A2B3C',
    'nobody, until',
    'The server counted 9 sessions, the run opened 9.',
    'nightly &lt;base&gt; backup',
    'invariant:weighed: advisory, failed. next release',
    'public.flag_at',
    'it is not valid',
    'there already',
    'missing',
  ]) {
    expect(section).toContain(told);
  }
  expect(renderHtml(governed)).toContain('advisory by configuration');
  expect(renderMarkdown(governed)).toContain('failed (advisory by configuration)');
});

test('strangers are named, and what could have gone unseen', () => {
  const psql = { pid: 7, user: 'postgres', applicationName: 'psql', client: '10.0.0.9', since: '2026-11-21T02:45:30Z' };
  const section = sectionOf({
    ...governed,
    isolation: { ...isolation, foreign: [psql], excess: 2, proven: false, gaps: ['the server’s counters were reset meanwhile'], ofPrograms: 4 },
  });
  expect(section).toContain('psql, as postgres from 10.0.0.9');
  expect(section).toContain('2 sessions more than the run opened');
  expect(section).toContain('counters were reset');
  expect(section).toContain('the run opened 9, 4 of them for the team’s programs');
  expect(section).toContain('was not shown');
});

test('a run that nobody governs has no such section', () => {
  expect(sectionOf(base)).toBe('');
});
