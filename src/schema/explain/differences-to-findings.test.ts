import { expect, test } from 'vitest';
import type { Waiver } from '../../config/load-waivers.ts';
import { defaultPolicies } from '../../config/schema.ts';
import type { Comparison, SchemaDifference } from '../../core/schema-difference.ts';
import { readObjects } from '../text/read/read-objects.ts';
import { differencesToFindings } from './differences-to-findings.ts';

const request = { phase: 'schema-gate', policies: defaultPolicies, required: true, left: 'the migrated clone', right: 'the baseline', durationMs: 5 } as const;

function comparison(differences: readonly SchemaDifference[], objectsCompared = 412): Comparison {
  return {
    differences,
    texts: () => ({ left: '', right: '' }),
    scope: {
      engines: ['pg_dump 18'],
      leftServer: 'clone: PostgreSQL 18.4',
      rightServer: 'baseline: PostgreSQL 18.4',
      objectsCompared,
      kinds: { table: objectsCompared },
      excluded: ['public.ledger'],
      notCompared: ['large objects'],
      cycles: 1,
      leftFingerprint: 'a',
      rightFingerprint: 'b',
    },
  };
}

const policy: SchemaDifference = {
  class: 'security',
  object: { kind: 'policy', name: 'p on public.t' },
  how: 'only-right',
  right: 'CREATE POLICY p ON public.t;',
};
const type: SchemaDifference = {
  class: 'semantic',
  object: { kind: 'column', name: 'public.t."a.b"' },
  property: 'type',
  how: 'changed',
  left: 'integer',
  right: 'bigint',
};
const body: SchemaDifference = {
  class: 'semantic',
  object: { kind: 'function', name: 'public.f(integer)' },
  property: 'body',
  how: 'changed',
  left: 'begin\n  return 1;\nend',
  right: 'begin\n  return 2;\nend',
};
const version: SchemaDifference = {
  class: 'environment',
  object: { kind: 'extension', name: 'citext' },
  property: 'version',
  how: 'changed',
  left: '1.5',
  right: '1.6',
};

test('tells each difference in a sentence, with what to do and how to see it', () => {
  const { findings, gate } = differencesToFindings(comparison([policy, type, body, version]), request);
  expect(findings.map(({ id, severity, title, showSql }) => [id, severity, title, showSql])).toEqual([
    ['schema-equality:policy:p on public.t', 'blocker', 'Policy p on public.t is missing in the migrated clone.', '\\d+ public.t'],
    [
      'schema-equality:column:public.t."a.b":type',
      'blocker',
      'Column public.t."a.b": type is integer in the migrated clone, bigint in the baseline.',
      '\\d+ public.t',
    ],
    [
      'schema-equality:function:public.f(integer):body',
      'blocker',
      'Function public.f(integer): body differs between the migrated clone and the baseline.',
      "select pg_catalog.pg_get_functiondef('public.f(integer)'::regprocedure);",
    ],
    ['schema-equality:extension:citext:version', 'warning', 'Extension citext: version is 1.5 in the migrated clone, 1.6 in the baseline.', '\\dx citext'],
  ]);
  expect(findings[0]).toMatchObject({
    expected: 'CREATE POLICY p ON public.t;',
    actual: '(none)',
    rootCause: 'structural-parity',
    differenceClass: 'security',
  });
  expect(gate).toMatchObject({
    outcome: 'failed',
    couldFail: true,
    required: true,
    summary: 'The migrated clone differs from the baseline in 3 places; 1 more only reported.',
  });
  expect(gate.proof).toBe('comparison of 412 objects, expressions compared after 1 dump/restore cycle');
});

test('policies decide what fails', () => {
  expect(differencesToFindings(comparison([version]), request).gate.outcome).toBe('passed');
  expect(differencesToFindings(comparison([version]), { ...request, policies: { ...defaultPolicies, environment: 'fail' } }).gate.outcome).toBe('failed');
  const ignored = differencesToFindings(comparison([policy]), { ...request, policies: { ...defaultPolicies, security: 'ignore' } });
  expect(ignored).toMatchObject({
    findings: [],
    gate: { outcome: 'passed', summary: 'The migrated clone equals the baseline but for 1 difference of classes that the policies ignore.' },
  });
  const doubt = differencesToFindings(comparison([policy]), { ...request, severity: 'doubt' });
  expect(doubt).toMatchObject({ findings: [{ severity: 'doubt' }], gate: { outcome: 'inconclusive', couldFail: true } });
});

test('a gate that could not have failed is inconclusive', () => {
  expect(differencesToFindings(comparison([], 0), request).gate).toMatchObject({ outcome: 'inconclusive', couldFail: false });
  const policies = Object.fromEntries(Object.keys(defaultPolicies).map((name) => [name, 'report'])) as unknown as typeof defaultPolicies;
  expect(differencesToFindings(comparison([policy]), { ...request, policies }).gate).toMatchObject({ outcome: 'inconclusive', couldFail: false });
});

test('another phase, another root cause and name', () => {
  const { findings, gate } = differencesToFindings(comparison([policy]), { ...request, phase: 'drift', gate: 'drift', left: 'production', right: 'the repo' });
  expect(findings[0]).toMatchObject({ id: 'drift:policy:p on public.t', rootCause: 'schema-drift', phase: 'drift' });
  expect(gate.gate).toBe('drift');
});

const waiver = (object: string, property: string, expires = '2026-12-31'): Waiver => ({
  object,
  property,
  comparison: 'schema-gate',
  reason: 'goes with the next release',
  expires,
  place: { file: 'pgrehearse.waivers.json', line: 3 },
});
const waived = (...all: readonly Waiver[]) =>
  differencesToFindings(comparison([policy, type]), { ...request, waivers: { all, today: '2026-11-21', comparison: 'schema-gate' } });

test('what is waived is still told, with reason and day, and no longer fails', () => {
  const { findings, gate } = waived(waiver('p on public.t', 'existence'), waiver('public.t."a.b"', 'type', '2027-01-31'));
  expect(findings.map(({ severity, waived: one }) => [severity, one?.expires])).toEqual([
    ['warning', '2026-12-31'],
    ['warning', '2027-01-31'],
  ]);
  expect(findings[0]?.waived?.reason).toBe('goes with the next release');
  expect(gate).toMatchObject({
    outcome: 'passed',
    summary: 'The migrated clone equals the baseline but for 2 differences waived until 2026-12-31 or later.',
  });
});

test('a waiver at fault leaves the gate inconclusive, and what it no longer covers fails', () => {
  const stale = waived(waiver('p on public.t', 'existence'), waiver('public.t."a.b"', 'type'), waiver('public.gone', 'existence'));
  expect(stale.gate).toMatchObject({
    outcome: 'inconclusive',
    summary: 'The migrated clone equals the baseline but for 2 differences waived until 2026-12-31; 1 waiver at fault.',
  });
  expect(stale.findings.at(-1)).toMatchObject({
    id: 'waiver:object:public.gone:existence',
    severity: 'doubt',
    title: 'The waiver of public.gone: existence matches no difference.',
    place: { file: 'pgrehearse.waivers.json', line: 3 },
  });
  expect(stale.gate.findingIds).toContain('waiver:object:public.gone:existence');
  const expired = waived(waiver('p on public.t', 'existence', '2026-11-20'), waiver('public.t."a.b"', 'type'));
  expect(expired.gate.outcome).toBe('failed');
  expect(expired.findings.map(({ severity }) => severity)).toEqual(['blocker', 'warning', 'doubt']);
});

test('the migration that touched it last, and SQL that would cure it', () => {
  const { findings } = differencesToFindings(comparison([type]), {
    ...request,
    lastTouched: () => ({ migration: '0007', place: { file: 'migrations/0007.sql', line: 4 } }),
  });
  expect(findings[0]).toMatchObject({
    migration: '0007',
    place: { file: 'migrations/0007.sql', line: 4 },
    advice: { statements: ['ALTER TABLE public.t ALTER COLUMN "a.b" TYPE bigint USING "a.b"::bigint'] },
  });
});

test('advice never tells a secret, also not one in the settings of a function', () => {
  const text = (body: string) =>
    readObjects(`CREATE FUNCTION public.f() RETURNS integer
    LANGUAGE sql
    SET "app.api_key" TO 'geheim'
    SET work_mem TO '4MB'
    AS $$ select ${body} $$;`);
  const difference = (how: 'changed' | 'only-right'): SchemaDifference => ({ ...body, object: { kind: 'function', name: 'public.f()' }, how });
  for (const how of ['changed', 'only-right'] as const) {
    const { findings } = differencesToFindings({ ...comparison([difference(how)]), objects: () => ({ left: text('1'), right: text('2') }) }, request);
    expect(JSON.stringify(findings)).not.toContain('geheim');
    expect(findings).toHaveLength(1);
  }
});

test('what stood before this release: told with its cause, failing or only reported as the team decides', () => {
  const old: SchemaDifference = { ...type, oldDrift: true };
  const judge = (differences: readonly SchemaDifference[], oldDrift?: 'fail' | 'report') =>
    differencesToFindings(comparison(differences), { ...request, ...(oldDrift !== undefined && { oldDrift }) });
  for (const setting of [undefined, 'fail'] as const) {
    const { findings, gate } = judge([old], setting);
    expect(findings).toMatchObject([{ severity: 'blocker', rootCause: 'schema-drift', oldDrift: true }]);
    expect(gate.outcome).toBe('failed');
  }
  const reported = judge([old], 'report');
  expect(reported.findings).toMatchObject([{ severity: 'warning', rootCause: 'schema-drift', oldDrift: true }]);
  expect(reported.gate).toMatchObject({ outcome: 'passed', couldFail: true });
  expect(reported.gate.summary).toContain('1 difference that is only reported');
  // Only what is old is let through.
  const both = judge([old, body], 'report');
  expect(both.findings.map(({ severity, rootCause }) => [severity, rootCause])).toEqual([
    ['warning', 'schema-drift'],
    ['blocker', 'structural-parity'],
  ]);
  expect(both.gate.outcome).toBe('failed');
});
