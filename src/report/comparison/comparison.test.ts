import { expect, test } from 'vitest';
import { z } from 'zod';
import { body, column, comparison, hostileComparison, policy } from '../../../test/support/example-comparisons.ts';
import type { ExplainedComparison } from '../../core/explained-comparison.ts';
import { renderComparisonHtml } from './html.ts';
import { comparisonJson } from './json.ts';
import { comparisonJsonSchema } from './json-schema.ts';
import { renderComparisonMarkdown } from './markdown.ts';
import { renderComparison } from './terminal.ts';

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

test('what no comparison reads is named in every form', () => {
  const { scope } = comparison([]);
  const value = comparison([], { scope: { ...scope, unmodelled: ['pg_authid.rolpassword', 'pg_new.column'] } });
  const markdown = renderComparisonMarkdown(value).replaceAll('\\', '');
  const forms = [renderComparison(value, plain), markdown, renderComparisonHtml(value), JSON.stringify(comparisonJson(value, 0, []))];
  for (const form of forms) expect(form).toMatch(/unmodelled.*pg_authid\.rolpassword.*pg_new\.column/is);
});

/** The same schema, but that a field it doesn't know is an error. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return 'properties' in inner && 'type' in inner ? { ...inner, additionalProperties: false } : inner;
}

test('JSON is as its published schema says, which knows every field', () => {
  const schema = z.fromJSONSchema(closed(comparisonJsonSchema()) as Parameters<typeof z.fromJSONSchema>[0]);
  const json = (value: ExplainedComparison): unknown => JSON.parse(JSON.stringify(comparisonJson(value, 1, ['a.txt'])));
  for (const value of [comparison([policy, body, column]), hostileComparison, comparison([], { hidden: { classes: ['security'], differences: 3 } })]) {
    expect(schema.safeParse(json(value)).error).toBeUndefined();
  }
  expect(schema.safeParse({ ...(json(comparison([])) as object), more: 1 }).success).toBe(false);
  expect(schema.safeParse({ ...(json(comparison([])) as object), outcome: 'perhaps' }).success).toBe(false);
});
