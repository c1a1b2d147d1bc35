import { expect, test } from 'vitest';
import { z } from 'zod';
import { type PreflightReport, preflightCheckNames, preflightFormat } from '../../core/preflight.ts';
import { type Production, productionFormat } from '../../core/production.ts';
import { summarise } from '../../core/run-summary.ts';
import { renderPreflightHtml } from './html.ts';
import { renderPreflightJson } from './json.ts';
import { preflightJsonSchema, productionJsonSchema } from './json-schema.ts';
import { renderPreflightMarkdown } from './markdown.ts';
import { renderPreflightTerminal } from './terminal.ts';

const report: PreflightReport = {
  format: preflightFormat,
  decision: 'NO-GO',
  exitCode: 1,
  summary: 'Table public.<b>\u001b[2Jx exists in production now but not in the rehearsal.',
  checkedAt: '2026-11-21T10:00:00.000Z',
  production: 'looker@db:5432/shop',
  rehearsal: {
    runId: '20261121-080000-7f3a',
    endedAt: '2026-11-21T08:00:10.000Z',
    verdict: 'PASS',
    rootSha256: 'a'.repeat(64),
    transcriptSha256: 'b'.repeat(64),
  },
  checks: preflightCheckNames.map((check) => {
    const fine = { check, outcome: 'go' as const, summary: 'Fine.', reasons: [], required: check !== 'commit' };
    if (check === 'schema')
      return { ...fine, outcome: 'no-go' as const, summary: 'Table public.<b>\u001b[2Jx exists.', reasons: ['one', 'two'], cure: 'Rehearse again.' };
    return check === 'commit' ? { ...fine, outcome: 'unknown' as const, summary: 'Which commit isn’t known.' } : fine;
  }),
  durationMs: 900,
};

test('a terminal: the decision and why first, what is in the way with what to do, the rest by name', () => {
  const shown = renderPreflightTerminal(report, { columns: 100, color: false }).split('\n');
  expect(shown[0]).toBe(' NO-GO   Do not deploy: Table public.<b>\\x1b[2Jx exists in production now but not in the rehearsal.');
  expect(shown.slice(2, 7)).toEqual(['✕ schema', '  Table public.<b>\\x1b[2Jx exists.', '  · one', '  · two', '  → Rehearse again.']);
  expect(shown).toContain('? commit (advisory)');
  expect(shown.join('\n')).toMatch(/✓ evidence, evidence-age, configuration/);
  expect(shown.length).toBeLessThan(20);
});

test('nothing of what a name says is carried out', () => {
  const html = renderPreflightHtml(report, summarise([]));
  expect(html).toContain('public.&lt;b&gt;\\x1b[2Jx');
  expect(html).not.toContain('<b>\\x1b');
  const markdown = renderPreflightMarkdown(report);
  expect(markdown).toMatch(/^## ⛔ NO-GO: do not deploy\n/);
  expect(markdown).toContain('public.&lt;b&gt;');
});

test('a GO says what it is not', () => {
  const go: PreflightReport = { ...report, decision: 'GO', exitCode: 0, checks: report.checks.map((check) => ({ ...check, outcome: 'go' })) };
  for (const text of [renderPreflightTerminal(go, { columns: 100, color: false }), renderPreflightMarkdown(go), renderPreflightHtml(go, summarise([]))]) {
    expect(text).toContain('A GO authorises nothing');
  }
});

const unknown = { unknown: 'the source was a dump' };
const productions: readonly Production[] = [
  {
    format: productionFormat,
    takenAt: '2026-11-21T08:00:00.000Z',
    source: { kind: 'dump', label: 'dump' },
    database: 'shop',
    ...{ server: unknown, schema: unknown, ledger: unknown, extensions: unknown, roles: unknown, settings: unknown, tables: unknown },
  },
  {
    format: productionFormat,
    takenAt: '2026-11-21T08:00:00.000Z',
    source: { kind: 'url', label: 'looker@db:5432/shop' },
    database: 'shop',
    server: { value: { version: '18.4', systemIdentifier: null, databaseOid: 16384, isStandby: true } },
    schema: { value: { fingerprint: 'a'.repeat(64), kinds: { table: { objects: 1, sha256: 'b'.repeat(64) } }, unread: [] } },
    ledger: { value: { table: 'l', exists: true, rows: [{ value: '1', state: 'applied' }], sha256: 'c'.repeat(64) } },
    extensions: { value: [{ name: 'hstore', version: '1.8', schema: 'public' }] },
    roles: { value: { roles: [], memberships: [{ role: 'a', member: 'b', grantor: 'c', admin: false, inherit: null, set: null }] } },
    settings: {
      value: {
        database: ['a=b'],
        server: [],
        owner: 'o',
        grants: [{ grantee: '', privilege: 'CONNECT', grantable: false }],
        collationVersions: {},
        hidden: [],
      },
    },
    tables: { value: [{ table: 'public.item', bytes: 8192, rights: ['owner'] }] },
  },
];

/** As published, but with no field that isn't named. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return 'properties' in inner && 'type' in inner ? { ...inner, additionalProperties: false } : inner;
}

test('JSON is as its published schema says, which knows every field', () => {
  const schema = z.fromJSONSchema(closed(preflightJsonSchema()) as Parameters<typeof z.fromJSONSchema>[0]);
  const json: unknown = JSON.parse(renderPreflightJson(report));
  expect(schema.safeParse(json).error).toBeUndefined();
  expect(schema.safeParse({ ...(json as object), decision: 'PERHAPS' }).success).toBe(false);
  const production = z.fromJSONSchema(closed(productionJsonSchema()) as Parameters<typeof z.fromJSONSchema>[0]);
  for (const one of productions) expect(production.safeParse(one).error).toBeUndefined();
  expect(production.safeParse({ ...productions[0], schema: {} }).success).toBe(false);
});
