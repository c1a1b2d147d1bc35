import { expect, test } from 'vitest';
import { exampleSummary } from '../../../test/support/example-runs.ts';
import type { WayBackReport, WayBackStep } from '../../core/rollback.ts';
import type { RunSummary } from '../../core/run-summary.ts';
import { renderMarkdown } from '../markdown.ts';
import { verdictHeadline } from '../words.ts';
import { renderHtml } from './render-html.ts';

const base: WayBackStep = {
  outcome: 'done',
  changed: true,
  differences: [],
  data: [],
  drops: [],
  backMs: 40,
  compared: { objects: 412, tables: 20, values: 9_000 },
};
const lost = { kind: 'column' as const, object: { kind: 'column' as const, name: 'public.item.<colour>' }, before: 12_345, after: 0 };
const ways: readonly WayBackReport[] = [
  {
    ...{ way: 'down', required: false },
    steps: [
      { ...base, migration: '0002_colour', place: { file: 'db/0002_colour.down.sql', line: 3 }, data: [lost] },
      { ...base, migration: '0003_stock', drops: ['public.stock'], since: { tables: ['public.item', 'public.stock'], gone: ['public.stock'] } },
      { outcome: 'not-tried', changed: false, differences: [], data: [], drops: [], why: '0004 has no way down' },
    ],
  },
  { way: 'restore', required: true, steps: [{ ...base, backupMs: 1_200, rowsSince: 7 }] },
];
const passing: RunSummary = { ...exampleSummary('pass'), waysBack: ways };

test('the page tells of each step whether it leads back, and what is lost', () => {
  const page = renderHtml(passing);
  const section = /<section id="rollback"[\s\S]*?<\/section>/.exec(page)?.[0] ?? '';
  for (const told of [
    '1 of 2 ways lead back',
    'Ways down <span class="quiet">advisory</span>',
    'db/0002_colour.down.sql:3',
    'public.item.&lt;colour&gt; loses its 12,345 values',
    '0004 has no way down',
    'going back loses what was written into public.stock',
    'What was written since the backup is lost, 7 rows that the migrations themselves wrote among it. Making the backup took 1.2 s',
  ]) {
    expect(section).toContain(told);
  }
  expect(renderMarkdown(passing)).toMatch(
    /\*\*Way back:\*\* The way back by ways down doesn’t lead back: 0002.{1,2}colour: .* loses its 12,345 values, and 1 more/,
  );
  expect(renderHtml({ ...passing, waysBack: [] })).not.toContain('id="rollback"');
});

test('a rehearsal of the way back alone never reads as a word on the deploy', () => {
  const { header } = passing;
  if (header === undefined) throw new Error('the example has no header');
  const alone: RunSummary = { ...passing, header: { ...header, scope: 'way-back' } };
  expect(verdictHeadline(passing)).toBe('Safe to deploy');
  for (const text of [renderHtml(alone), renderMarkdown(alone)]) {
    // The question of the last phase is asked of it too; what may not be there is the answer.
    expect(text).not.toMatch(/Safe to deploy|Deploy the migrations/);
    expect(text).toMatch(/the deploy was not judged/i);
  }
  expect(renderHtml(alone)).toContain('<title>PASS (way back only) · ');
});
