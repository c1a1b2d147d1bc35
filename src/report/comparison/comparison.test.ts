import { expect, test } from 'vitest';
import { z } from 'zod';
import type { ExplainedComparison, ExplainedDifference } from '../../core/explained-comparison.ts';
import { renderComparisonHtml } from './html.ts';
import { comparisonJson } from './json.ts';
import { comparisonJsonSchema } from './json-schema.ts';
import { renderComparisonMarkdown } from './markdown.ts';
import { renderComparison } from './terminal.ts';

function difference(change: Partial<ExplainedDifference> & Pick<ExplainedDifference, 'object'>): ExplainedDifference {
  return { class: 'semantic', how: 'changed', id: 'diff:x', title: 'It differs.', policy: 'fail', advice: { statements: [], notes: [] }, ...change };
}

const policy = difference({
  class: 'security',
  object: { kind: 'policy', name: 'own_rows on public.invoice' },
  how: 'only-left',
  left: 'CREATE POLICY own_rows ON public.invoice USING ((owner_id = 1));',
  touchedBy: { migration: '0007', place: { file: 'migrations/0007_policy.sql', line: 4 } },
  showSql: '\\d+ public.invoice',
  advice: { statements: ['CREATE POLICY own_rows ON public.invoice USING ((owner_id = 1))'], notes: [] },
});
const body = difference({
  object: { kind: 'function', name: 'public.total_of(bigint)' },
  property: 'body',
  left: 'begin\n  -- one\n  select 1;\n  return a;\nend',
  right: 'begin\n  -- one\n  select 1;\n  return round(a, 2);\nend',
});
const column = difference({
  object: { kind: 'column', name: 'public.invoice.note' },
  how: 'only-right',
  right: 'type: text',
  waived: { reason: 'goes with the next release', expires: '2026-12-31' },
  advice: { statements: ['ALTER TABLE public.invoice DROP COLUMN note'], loses: 'the values of column public.invoice.note', notes: [] },
});

function comparison(differences: readonly ExplainedDifference[], change: Partial<ExplainedComparison> = {}): ExplainedComparison {
  return {
    left: 'a@host:1/shop',
    right: 'a@host:1/fresh',
    outcome: 'different',
    summary: '2 differences in 412 objects; 1 difference waived until 2026-12-31.',
    differences,
    waivers: [
      {
        object: 'public.invoice.note',
        property: 'existence',
        reason: 'goes with the next release',
        expires: '2026-12-31',
        place: { file: 'pgrehearse.waivers.json', line: 3 },
        matched: 1,
        state: 'used',
      },
    ],
    scope: {
      engines: ['catalog facts', 'pg_dump 18, by object'],
      leftServer: 'a@host:1/shop: PostgreSQL 15.18',
      rightServer: 'a@host:1/fresh: PostgreSQL 18.4',
      objectsCompared: 412,
      factsCompared: 5120,
      kinds: { table: 20, column: 392 },
      excluded: ['public.ledger'],
      notCompared: ['rows'],
      cycles: 1,
      leftFingerprint: 'a'.repeat(64),
      rightFingerprint: 'b'.repeat(64),
    },
    advice: { changes: 'right', script: 'BEGIN;\nCOMMIT;\n', without: 1 },
    ...change,
  };
}

const plain = { columns: 80, color: false };

test('a terminal of 80 columns: security first, bodies by lines, waivers and scope at the end', () => {
  expect(renderComparison(comparison([policy, body, column]), plain)).toBe(`- a@host:1/shop: PostgreSQL 15.18
+ a@host:1/fresh: PostgreSQL 18.4

security (who may do what): 1

  policy own_rows on public.invoice
    only on the left (a@host:1/shop)
    - CREATE POLICY own_rows ON public.invoice USING ((owner_id = 1));
    last named by migrations/0007_policy.sql:4
    → CREATE POLICY own_rows ON public.invoice USING ((owner_id = 1));
    see it in psql: \\d+ public.invoice

semantic (what data and queries mean): 2

  function public.total_of(bigint)
    body
        -- one
        select 1;
    -   return a;
    +   return round(a, 2);
      end

  column public.invoice.note
    only on the right (a@host:1/fresh)
    waived until 2026-12-31: goes with the next release
    + type: text
    → would lose the values of column public.invoice.note:
    → ALTER TABLE public.invoice DROP COLUMN note;

 DIFFERENT  2 differences in 412 objects; 1 difference waived until 2026-12-31.

Waivers
  - public.invoice.note: existence, until 2026-12-31: in use, 1 matched. goes
    with the next release

Compared      412 objects, 5,120 properties read from the catalogs
Kinds         table 20, column 392
By            catalog facts; pg_dump 18, by object
Expressions   compared after 1 dump and restore of both sides
Left out      public.ledger
Waived        1 waiver
Not compared  rows
Fingerprints  ${'a'.repeat(64)}
              ${'b'.repeat(64)}
`);
});

test('colours only where they are wanted', () => {
  const coloured = renderComparison(comparison([policy]), { columns: 80, color: true });
  expect(coloured).toContain('\u001b[');
  expect(renderComparison(comparison([policy]), plain)).not.toContain('\u001b[');
});

const hostile = '"<script>alert(1)</script>\u001b[2J\u202e\n## @everyone `x` [y](http://z)'.padEnd(63, '|');
const hostileComparison = comparison(
  [
    difference({
      object: { kind: 'table', name: hostile },
      property: hostile,
      left: hostile,
      right: `${hostile}\n\`\`\`\n</code>`,
      explanation: hostile,
      showSql: hostile,
    }),
    difference({
      object: { kind: 'table', name: hostile },
      how: 'only-left',
      left: hostile,
      advice: { statements: [hostile], loses: hostile, notes: [hostile] },
    }),
  ],
  { left: hostile, right: hostile, waivers: [{ ...(comparison([]).waivers[0] as ExplainedComparison['waivers'][0]), object: hostile, reason: hostile }] },
);

test('hostile names do nothing in any format', () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not come through
  const control = /[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/;
  const text = renderComparison(hostileComparison, plain);
  expect(text).not.toMatch(control);
  const page = renderComparisonHtml(hostileComparison);
  expect(page).not.toMatch(control);
  expect(page.match(/<script>/g)).toHaveLength(1);
  expect(page).toMatch(/default-src 'none'/);
  const markdown = renderComparisonMarkdown(hostileComparison);
  expect(markdown).not.toMatch(control);
  // Outside of fences and code nothing is HTML, a heading, a link or a mention.
  const prose = markdown.replace(/^(`{3,})[a-z]*\n[\s\S]*?\n\1$/gm, '').replace(/(`+) ?[^\n]*?\1/g, '');
  expect(prose.replace(/<\/?(details|summary)>/g, '')).not.toMatch(/<|@everyone|^## [^✅⛔]|[^\\]\]\(/m);
});

test('a page names every part, and tells the sides apart without colour', () => {
  const page = renderComparisonHtml(comparison([policy, body, column]));
  for (const part of [
    'Different schemas',
    'own_rows on public.invoice',
    'waived until 2026-12-31',
    'Would lose the values of column',
    '0007_policy.sql',
    '5,120',
    '<span>A</span><del>',
    '<span>B</span><ins>',
  ]) {
    expect(page).toContain(part);
  }
  expect(page).toContain('<mark>round</mark>');
});

test('Markdown never outgrows a comment, and keeps its scope', () => {
  const many = Array.from({ length: 3000 }, (_, at) => ({ ...body, object: { kind: 'function', name: `public.f${at}()` } }));
  const text = renderComparisonMarkdown(comparison(many, { advice: { changes: 'right', script: 'select 1;\n'.repeat(20_000), without: 0 } }));
  expect(text.length).toBeLessThanOrEqual(60_000);
  expect(text).toContain('more parts');
  expect(text).toContain('What was compared');
});

test('JSON is as its published schema says, which knows every field', () => {
  const schema = z.fromJSONSchema(comparisonJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);
  const json = (value: ExplainedComparison): unknown => JSON.parse(JSON.stringify(comparisonJson(value, 1, ['a.txt'])));
  for (const value of [comparison([policy, body, column]), hostileComparison, comparison([], { hidden: { classes: ['security'], differences: 3 } })]) {
    expect(schema.safeParse(json(value)).error).toBeUndefined();
  }
  expect(schema.safeParse({ ...(json(comparison([])) as object), more: 1 }).success).toBe(false);
  expect(schema.safeParse({ ...(json(comparison([])) as object), outcome: 'perhaps' }).success).toBe(false);
});
