import { expect, test } from 'vitest';
import { exampleEvents, journal } from '../../../test/support/example-runs.ts';
import { partParities } from '../../check/anchor-parity/part-parities.ts';
import type { Event } from '../../core/event.ts';
import { summarise } from '../../core/run-summary.ts';
import { renderMarkdown } from '../markdown.ts';
import { renderHtml } from './render-html.ts';

const nasty = '"><script>alert(1)</script>';
const deviation = { kind: 'column', object: `column public.fund.${nasty}`, property: 'type', production: 'text', expected: 'citext' };

const governed: readonly Event[] = [
  {
    type: 'anchor-compared',
    parity: { revision: '0019', against: 'repo', label: 'the repo at 0019', parts: partParities({ table: 2, column: 7, type: 1 }, [deviation]) },
  },
  {
    type: 'stamped',
    report: {
      ...{ revision: '0019', by: 'tool', command: ['alembic', 'stamp', '0019'], exitCode: 0, output: [{ stream: 'stderr', line: nasty }], durationMs: 500 },
      ...{ ledger: ['public.alembic_version'], schemaBefore: 'a', schemaAfter: 'a', objects: 12, changed: [], tables: 2, written: [] },
      ...{ recorded: ['0019'], applied: ['0018', '0019'], pending: ['0020'] },
    },
  },
  { type: 'history-applied', report: { expected: ['0020'], recorded: ['0020'], order: ['0020'], heads: ['0020'], current: ['0020'] } },
  {
    type: 'tool-answered',
    phase: 'migrate',
    answer: { about: 'current', moment: 'after-migrate', command: ['alembic', 'current'], exitCode: 0, lines: ['0020 (head)'] },
  },
];

test('the report tells of the anchor, the stamp and what was applied, and escapes what others printed', () => {
  const summary = summarise(journal([...exampleEvents.pass(), ...governed]));
  const page = renderHtml(summary);
  const text = page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  for (const told of [
    'Production against the repo at 0019',
    '1 deviation in 7 compared',
    'by alembic stamp 0019; the facts of 12 objects are what they were, of 2 tables none was written; the list is public.alembic_version',
    'Stamped with 0019, on the clone only',
    'alembic current after the migrations',
  ]) {
    expect(text).toContain(told);
  }
  expect(page).not.toContain('<script>alert(1)');
  expect(renderMarkdown(summary)).toContain('the clone was stamped with 0019, and production was not; the migrations led it to 0020.');
});

test('a run of which nobody asked for its history has no such section', () => {
  expect(renderHtml(summarise(journal(exampleEvents.pass())))).not.toContain('History of migrations');
});
