import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gateFamilies, singleGates } from '../core/gate-names.ts';
import { preflightCheckNames } from '../core/preflight.ts';
import { checkCatalogue } from './check-catalogue.ts';
import { gateAbout, gatesByOtherNames } from './gate-catalogue.ts';

const source = join(import.meta.dirname, '..');
const checks = checkCatalogue.map(({ check }) => check);

test('every gate is explained, by checks that have a page', () => {
  for (const gate of [...singleGates, ...gateFamilies]) {
    const about = gateAbout(gate);
    expect(about?.question, gate).toMatch(/^[A-Z].+[?.]$/);
    expect(about?.checks.length, gate).toBeGreaterThan(0);
    for (const check of about?.checks ?? []) expect(existsSync(join(source, `../docs/checks/${check}.md`)), `${gate}: ${check}`).toBe(true);
  }
  expect(gateAbout('no-such-gate')).toBeUndefined();
});

test('every check that a finding may bear is one that explain knows', () => {
  const files = ['check', 'rehearsal', 'schema', 'preflight'].flatMap((room) =>
    readdirSync(join(source, room), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => join(source, room, name)),
  );
  const named = new Set(files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\b(?:check: |findingId\()'([a-z-]+)'/g)].map(([, check]) => check)));
  expect(named.size).toBeGreaterThan(50);
  // The command diff gives its differences ids, and no run has it.
  const known = new Set<string | undefined>([...checks, ...preflightCheckNames, 'diff']);
  expect([...named].filter((check) => !known.has(check))).toEqual([]);
  // A schema difference is a finding of the gate that compared.
  expect(checks).toEqual(expect.arrayContaining(['schema-fidelity', 'anchor-parity', 'drift', 'schema-equality']));
});

test('no name means two things', () => {
  const names = [...checks, ...gatesByOtherNames, ...preflightCheckNames];
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
