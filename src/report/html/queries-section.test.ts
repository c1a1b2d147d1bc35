import { expect, test } from 'vitest';
import { exampleEvents, journal } from '../../../test/support/example-runs.ts';
import type { QueriesReport, QueryLine } from '../../core/queries.ts';
import { summarise } from '../../core/run-summary.ts';
import { renderMarkdown } from '../markdown.ts';
import { renderHtml } from './render-html.ts';

const line = (state: QueryLine['state'], more: Partial<QueryLine> = {}): QueryLine => ({
  id: 'abcdefabcdef',
  state,
  text: 'select »price« from item',
  why: 'it is gone',
  from: ['app.log'],
  ...more,
});
const report = (queries: readonly QueryLine[]): QueriesReport => ({
  direction: 'old-on-new',
  from: ['app.log'],
  counts: { broken: 1, regressed: 0, changed: 1, unusable: 1, ignored: 0, fine: 1_200 },
  leftOut: ['statements that are no query: 7 SET'],
  queries,
});
const summary = (queries: readonly QueryLine[]) => summarise(journal([...exampleEvents.blocker(), { type: 'queries', report: report(queries) }]));

test('what doesn’t work with its calls and the migration, what could not be tried folded, and what was left out', () => {
  const all = [
    line('broken', { callsPerHour: 12_480.4, migration: '0003_price', role: 'shop_app' }),
    line('changed'),
    line('unusable', { why: 'it is temporary' }),
  ];
  const shown = renderHtml(summary(all));
  const section = shown.slice(shown.indexOf('<section id="queries"'), shown.indexOf('<section id="data"'));
  for (const text of [
    '1,203 queries',
    '1,201 queries work, 1 fails, 1 gives another result, 1 could not be tried.',
    '12,480',
    '0003_price',
    'as shop_app',
    '7 SET',
    'it is temporary',
  ]) {
    expect(section, text).toContain(text);
  }
  expect(section.indexOf('<details')).toBeLessThan(section.indexOf('it is temporary'));
  const comment = renderMarkdown(summary(all));
  expect(comment).toContain('Today’s application on the migrated schema: 1,201 queries work');
  expect(comment).toContain('| fails | `select »price« from item` | it is gone | 12,480 | `0003_price` |');
  expect(comment).not.toContain('it is temporary');
  expect(renderHtml(summarise(journal(exampleEvents.blocker())))).not.toContain('<section id="queries"');
});

test('a query can’t break out of the page', () => {
  const nasty = '"><script>alert(1)</script>';
  const hostile = summary([line('broken', { id: nasty, text: nasty, why: nasty, role: nasty, migration: nasty, from: [nasty] })]);
  expect(renderHtml(hostile)).not.toContain('<script>alert');
  expect(renderMarkdown(hostile).replaceAll(/`[^`\n]*`/g, '')).not.toContain('<script>alert');
});
