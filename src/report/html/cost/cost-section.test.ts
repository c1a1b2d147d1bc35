import { expect, test } from 'vitest';
import { exampleBackfill, exampleCost, exampleRetry } from '../../../../test/support/example-cost.ts';
import { exampleRecording } from '../../../../test/support/example-recordings.ts';
import { exampleEvents, journal } from '../../../../test/support/example-runs.ts';
import type { Event } from '../../../core/event.ts';
import { summarise } from '../../../core/run-summary.ts';
import { renderJson } from '../../json.ts';
import { renderMarkdown } from '../../markdown.ts';
import { terminalRenderer } from '../../terminal.ts';
import { renderHtml } from '../render-html.ts';

const measured: readonly Event[] = [
  { type: 'recorded', recording: exampleRecording() },
  { type: 'costed', report: exampleCost() },
  { type: 'retried', rehearsal: exampleRetry() },
  { type: 'backfilled', report: exampleBackfill() },
];
const events = (more: readonly Event[] = measured) => [...exampleEvents.blocker(), ...more];
const summary = (more?: readonly Event[]) => summarise(journal(events(more)));

test('the page: a row for each migration, each statement folded, the histogram, the window with what it rests on, backfills', () => {
  const shown = renderHtml(summary());
  const section = shown.slice(shown.indexOf('<section id="cost"'), shown.indexOf('<section id="data"'));
  for (const text of [
    '0009_index_open_invoices',
    '<b>3.1 s to 34.0 s</b> of work expected; here it was 6.3 s',
    'standbys may fall behind',
    'at least 402 kB',
    'not observed',
    'data-label="temp">16 MB',
    '1.0 s to 5.0 s',
    'backfill-tenants',
    '1 over 1.0 s',
    '<b>7 min 30 s to 2 h 15 min</b> in production for 9,000 batches',
  ]) {
    expect(section, text).toContain(text);
  }
  // Every link leads to a row that is there.
  for (const [, id] of section.matchAll(/href="#(recorded-\d+)"/g)) expect(shown).toContain(`id="${id}"`);
  expect(shown).toContain('went through at try 3');
  expect(shown).not.toMatch(/ style="/);
});

test('names from a database can’t break out', () => {
  const nasty = '"><script>alert(1)</script>';
  const cost = exampleCost();
  const hostile: readonly Event[] = [
    { type: 'costed', report: { ...cost, cost: { ...cost.cost, migrations: cost.cost.migrations.map((one) => ({ ...one, migration: nasty })) } } },
    { type: 'retried', rehearsal: { ...exampleRetry(), outcome: 'failed', why: nasty } },
    { type: 'backfilled', report: { ...exampleBackfill(), table: nasty, role: nasty, endedBy: 'error', error: { sqlstate: 'x', message: nasty } } },
  ];
  expect(renderHtml(summary([...measured, ...hostile]))).not.toContain('<script>alert');
  // In code nothing is interpreted.
  expect(renderMarkdown(summary(hostile)).replaceAll(/`[^`\n]*`/g, '')).not.toContain('<script>alert');
});

test('a line in the terminal, a table in the comment, all of it in JSON', () => {
  let text = '';
  const renderer = terminalRenderer({ isTty: false, columns: 100, color: false, write: (part) => (text += part), now: () => 0 });
  for (const event of events()) renderer(event);
  renderer.finish();
  expect(text.replaceAll(/\s+/g, ' ')).toContain('Cost: 6.3 s of work, at least 402 kB of WAL; in production 3.1 s to 34.0 s expected');
  expect(text.replaceAll(/\s+/g, ' ')).toContain('With lock_timeout = 500 ms and 5 retries the migrations went through at try 3');
  const markdown = renderMarkdown(summary());
  expect(markdown).toContain('| `0009_index_open_invoices` |');
  expect(markdown).toContain('The backfill backfill-tenants: 7 min 30 s to 2 h 15 min in production');
  expect(JSON.parse(renderJson(summary()))).toMatchObject({ cost: exampleCost(), retries: [exampleRetry()], backfills: [exampleBackfill()] });
});

test('without a recording there is no section and no line', () => {
  expect(renderHtml(summary([]))).not.toContain('id="cost"');
  expect(renderMarkdown(summary([]))).not.toContain('**Cost:**');
});
