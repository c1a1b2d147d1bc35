import { expect, test } from 'vitest';
import { exampleEvents, journal } from '../../../test/support/example-runs.ts';
import type { Event } from '../../core/event.ts';
import type { Cut } from '../../core/interruption.ts';
import { summarise } from '../../core/run-summary.ts';
import { renderMarkdown } from '../markdown.ts';
import { terminalRenderer } from '../terminal.ts';
import { renderHtml } from './render-html.ts';

const nasty = '"><script>alert(1)</script>';
const place = { file: 'migrations/0009_find.sql', line: 4 };
const base = { migration: '0009_find', place, statements: 3, couldDiffer: true, durationMs: 900 } as const;
const cuts: readonly Cut[] = [
  { ...base, id: 'a', statement: 3, kind: 'in-transaction', outcome: 'continues', stayed: [], differences: [], advice: 'Run the deploy again.' },
  {
    ...base,
    ...{
      id: 'b',
      statement: 2,
      kind: 'between-statements',
      outcome: 'blocked',
      stayed: [`table ${nasty} is there`],
      differences: [],
      advice: 'Skip statement 1.',
    },
    error: { sqlstate: '42P07', message: `relation ${nasty} already exists` },
    errorPlace: place,
    met: 'The table is just what the statement would make.',
  },
  {
    ...base,
    id: 'c',
    statement: 2,
    kind: 'in-statement',
    outcome: 'silently-skips',
    stayed: [],
    differences: ['index public.i is not valid'],
    advice: 'Drop it.',
  },
  { ...base, id: 'd', statement: 3, kind: 'before-ledger', outcome: 'not-tried', stayed: [], differences: [], advice: '', why: 'There was no time.' },
];
const events = (some = cuts): readonly Event[] => [...exampleEvents.blocker(), ...some.map((cut): Event => ({ type: 'cut', cut }))];

test('the page: what doesn’t go on in the open, the rest folded; names can’t break out', () => {
  const page = renderHtml(summarise(journal(events())));
  const section = page.slice(page.indexOf('<section id="cuts"'), page.indexOf('</section>', page.indexOf('<section id="cuts"')));
  for (const text of [
    '0009_find: in the middle of statement 2 of 3',
    'migrations/0009_find.sql:4',
    '<code>42P07</code>',
    'index public.i is not valid',
    'Skip statement 1.',
    'There was no time.',
  ])
    expect(section).toContain(text);
  expect(section.indexOf('<details')).toBeGreaterThan(section.indexOf('Skip statement 1.'));
  expect(page).not.toContain('<script>alert');
  expect(renderHtml(summarise(journal(events([]))))).not.toContain('id="cuts"');
});

test('a line in the terminal and in the comment', () => {
  const line = 'Cut off at 4 places and run again: goes on once, is blocked once, ends well with another result once, not tried once';
  expect(renderMarkdown(summarise(journal(events())))).toContain(line);
  let text = '';
  const renderer = terminalRenderer({ isTty: false, columns: 300, color: false, write: (part) => (text += part), now: () => 0 });
  for (const event of events()) renderer(event);
  renderer.finish();
  expect(text.replaceAll(/\s+/g, ' ')).toContain(line);
});
