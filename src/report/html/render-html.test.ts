import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { exampleNames, exampleSummary, phaseCount } from '../../../test/support/example-runs.ts';
import { renderHtml } from './render-html.ts';
import { palettes } from './style.ts';

const pages = exampleNames.map((name) => [name, renderHtml(exampleSummary(name))] as const);
const page = (name: (typeof exampleNames)[number]) => pages.find(([own]) => own === name)?.[1] ?? '';

/** Reads the page as a parser would, strictly: each tag closed in order, each attribute quoted. Gives all tags and the text between. */
function parse(text: string): { readonly tags: readonly { name: string; attributes: Record<string, string> }[]; readonly text: string } {
  const voids = new Set(['meta', 'br', 'rect', 'path', 'circle']);
  const tags: { name: string; attributes: Record<string, string> }[] = [];
  const open: string[] = [];
  let plain = '';
  const body = text.replace('<!doctype html>', '').replace(/<(style|script)>[\s\S]*?<\/\1>/g, '');
  for (const part of body.split(/(<[^>]*>)/)) {
    const tag = /^<(\/?)([a-z][a-z0-9]*)((?: [a-zA-Z-]+(?:="[^"<>]*")?)*)(\/?)>$/.exec(part);
    if (tag === null) {
      expect(part).not.toMatch(/[<>]/);
      plain += part;
      continue;
    }
    const [, closing, name = '', attributes = ''] = tag;
    if (closing === '/') expect(open.pop(), part).toBe(name);
    else {
      if (!voids.has(name)) open.push(name);
      tags.push({
        name,
        attributes: Object.fromEntries([...attributes.matchAll(/ ([a-zA-Z-]+)(?:="([^"]*)")?/g)].map(([, key = '', value = '']) => [key, value])),
      });
    }
  }
  expect(open).toEqual([]);
  return { tags, text: plain };
}

test.each(pages)('%s is well-formed, with landmarks, one h1 and headings in order', (_, text) => {
  const { tags } = parse(text);
  const names = tags.map((tag) => tag.name);
  for (const landmark of ['header', 'main', 'footer', 'h1', 'title'])
    expect(
      names.filter((name) => name === landmark),
      landmark,
    ).toHaveLength(1);
  const levels = names.flatMap((name) => (/^h[1-6]$/.test(name) ? [Number(name[1])] : []));
  for (const [index, level] of levels.entries()) expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
  const ids = tags.flatMap((tag) => tag.attributes.id ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  for (const tag of tags) {
    for (const key of ['aria-labelledby', 'href']) {
      const target = tag.attributes[key];
      if (target !== undefined && (key !== 'href' || target.startsWith('#'))) expect(ids).toContain(target.replace('#', ''));
    }
    if (tag.name === 'th') expect(tag.attributes.scope).toBe('col');
  }
  expect(tags.filter((tag) => tag.attributes.class?.split(' ')[0] === 'strip')).toHaveLength(1);
});

test.each(pages)('%s loads nothing, and allows nothing but its own style and script', (_, text) => {
  const { tags } = parse(text);
  for (const tag of tags) {
    expect(['link', 'img', 'iframe', 'object', 'form', 'base', 'embed']).not.toContain(tag.name);
    for (const [key, value] of Object.entries(tag.attributes)) {
      expect(key).not.toMatch(/^on|^style$|^src$|^srcdoc$|^action$/);
      if (key === 'href') expect(value).toMatch(/^(#[a-z-]+|[A-Za-z0-9_][A-Za-z0-9._/-]*)$/);
    }
  }
  const policy = tags.find((tag) => tag.attributes['http-equiv'] === 'Content-Security-Policy')?.attributes.content ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
  for (const name of ['style', 'script']) {
    const blocks = [...text.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, 'g'))];
    expect(blocks).toHaveLength(1);
    expect(policy).toContain(
      `'sha256-${createHash('sha256')
        .update(blocks[0]?.[1] ?? '')
        .digest('base64')}'`,
    );
  }
  expect(text.match(/<style>[\s\S]*?<\/style>/)?.[0]).not.toMatch(/url\(|@import|https?:/);
});

test('hostile names stay text', () => {
  const { tags, text } = parse(page('hostile'));
  expect(tags.filter((tag) => tag.name === 'script' || tag.name === 'img')).toEqual([]);
  expect(text).toContain('&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;');
  expect(text).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
  expect(text).toContain('\\x1b[2J');
  // With the same structure as the tame page: nothing added an element.
  expect(tags.filter((tag) => tag.name === 'article')).toHaveLength(6);
});

test('the top gives verdict, reason, root cause and what to do', () => {
  const top = page('blocker').match(/<header class="top">[\s\S]*?<\/header>/)?.[0] ?? '';
  for (const part of [
    'BLOCKER',
    'Do not deploy',
    'Policy tenant_isolation on public.document is missing',
    'structural-parity',
    'invariant, data-volume',
    'Rename the policy instead',
    '6 migrations',
    '342,488 rows',
  ]) {
    expect(top).toContain(part);
  }
  expect(page('pass')).toContain('Safe to deploy');
  expect(page('inconclusive')).toContain('Not proven either way');
  expect(page('torn')).toContain('The record ends during migrate');
});

test('each finding is there once, with both sides, place, cure and a statement to see it', () => {
  const text = page('blocker');
  const summary = exampleSummary('blocker');
  for (const finding of summary.findings) expect(text.split(`>${finding.title.replaceAll("'", '&#39;')}</`).length - 1, finding.title).toBe(1);
  expect(text.match(/<article /g)).toHaveLength(6);
  const [, third] = text.match(/<article class="finding" id="finding-3"[\s\S]*?<\/article>/)?.[0]?.split('<h3') ?? [];
  expect(third).toContain('<del>  the_tenant := (new.payload -&gt;&gt; &#39;<mark>tenant_id</mark>&#39;)::bigint;</del>');
  expect(third).toContain('<ins>  the_tenant := (new.payload -&gt;&gt; &#39;<mark>legal_entity_id</mark>&#39;)::bigint;</ins>');
  expect(third).toContain('migrations/flawed/0007_route_events_by_tenant.sql:3');
  expect(third).toContain('pg_get_functiondef');
});

test('all eleven phases stand in the strip', () => {
  for (const [name, text] of pages) expect(text.match(/<ol class="strip"[\s\S]*?<\/ol>/)?.[0].match(/<li /g), name).toHaveLength(phaseCount);
});

test('gates say whether they could have failed, what failed first', () => {
  const rows =
    page('blocker')
      .match(/<section id="gates"[\s\S]*?<\/section>/)?.[0]
      .match(/<tr><td>[\s\S]*?<\/tr>/g) ?? [];
  expect(rows).toHaveLength(14);
  expect(rows.slice(0, 4).every((row) => row.includes('failed</span>'))).toBe(true);
  expect(rows.every((row) => row.includes('data-label="Could it have failed?"'))).toBe(true);
});

test('a failed statement is marked at the word that Postgres named', () => {
  expect(page('failedMigration')).toContain('where <mark>statu</mark> = &#39;issued&#39;');
});

test('the same record gives the same page', () => {
  expect(renderHtml(exampleSummary('blocker'))).toBe(page('blocker'));
});

test('text has enough contrast on every ground it stands on, in light and dark', () => {
  for (const palette of Object.values(palettes)) {
    const grounds = ['paper', 'wash', 'good-wash', 'bad-wash', 'doubt-wash'] as const;
    for (const ground of grounds)
      for (const ink of ['ink', 'soft', 'faint'] as const) expect(contrast(palette[ink], palette[ground]), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    for (const tone of ['good', 'bad', 'doubt'] as const) {
      for (const ground of ['paper', `${tone}-wash`] as const)
        expect(contrast(palette[tone], palette[ground]), `${tone} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
    for (const mark of ['good-mark', 'bad-mark'] as const) expect(contrast(palette.ink, palette[mark]), mark).toBeGreaterThanOrEqual(4.5);
  }
});

/** Contrast of two colours as WCAG 2.2 defines it. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5]
      .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}
