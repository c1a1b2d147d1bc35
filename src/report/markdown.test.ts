import { expect, test } from 'vitest';
import { exampleNames, exampleSummary } from '../../test/support/example-runs.ts';
import { renderJson } from './json.ts';
import { renderMarkdown } from './markdown.ts';

test('a blocker as a comment: verdict, cause, each finding with what to do', () => {
  const text = renderMarkdown(exampleSummary('blocker'));
  expect(text).toMatch(/^## ⛔ BLOCKER: do not deploy\n/);
  expect(text).toContain('**Root cause:** structural-parity');
  expect(text.match(/^### \d\. /gm)).toHaveLength(6);
  expect(text.match(/\*\*Do this:\*\*/g)).toHaveLength(6);
  expect(text).toContain('```diff\n- expected:\n-   3,187 rows updated\n+ actual:\n+   9,412 rows updated\n```');
  expect(text).toContain('| `0007_route_events_by_tenant` | applied | 2 | 416 ms |');
});

test.each(exampleNames)('%s fits into a comment and folds what it opens', (name) => {
  const text = renderMarkdown(exampleSummary(name));
  expect(text.length).toBeLessThan(65_536);
  expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
});

test('a thousand huge findings still fit', () => {
  const summary = exampleSummary('blocker');
  const [first] = summary.findings;
  if (first === undefined) throw new Error('the example has findings');
  const huge = { ...first, expected: 'x'.repeat(50_000), detail: 'y'.repeat(50_000) };
  const text = renderMarkdown({ ...summary, findings: Array.from({ length: 1000 }, () => huge) });
  expect(text.length).toBeLessThan(65_536);
  expect(text).toMatch(/\d+ more findings in the report/);
});

test('nothing in a name is interpreted', () => {
  const text = renderMarkdown(exampleSummary('hostile'));
  // Outside of fences and code: no tags but ours, no links, nobody mentioned, no forged lines.
  const open = text.replace(/^(`{3,})[^\n]*\n[\s\S]*?\n\1$/gm, '').replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');
  expect(open).not.toMatch(/<(?!\/?(?:details|summary)>)/);
  expect(open).not.toMatch(/(?<!\\)\[a(?<!\\)\]/);
  expect(open).not.toContain('@everyone');
  expect(text).not.toMatch(/^forged line/m);
  expect(text).not.toMatch(/[^\P{Cc}\n]/u);
});

test('the fence outlasts every backtick inside', () => {
  const text = renderMarkdown(exampleSummary('hostile'));
  expect(text).toContain('````diff');
});

test('JSON is stable and complete', () => {
  const summary = exampleSummary('blocker');
  expect(renderJson(summary)).toBe(renderJson(exampleSummary('blocker')));
  const parsed = JSON.parse(renderJson(summary));
  expect(parsed).toMatchObject({ format: 'pgrehearse-report/1', finished: true, exitCode: 1, verdict: { kind: 'BLOCKER' } });
  expect(parsed.findings).toHaveLength(8);
  expect(Object.keys(parsed)[0]).toBe('format');
});
