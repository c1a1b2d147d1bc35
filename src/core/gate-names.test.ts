import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { familyOf, gateFamilies, meansGate, singleGates } from './gate-names.ts';

test('a name means itself, and * any text', () => {
  expect(meansGate('row-parity', 'row-parity')).toBe(true);
  expect(meansGate('row-parity', 'row-parity-2')).toBe(false);
  expect(meansGate('invariant:*', 'invariant:tenants-apart')).toBe(true);
  expect(meansGate('invariant:*', 'invariant')).toBe(false);
  expect(meansGate('*', 'pgtap:db/tests/a.sql')).toBe(true);
  expect(meansGate('pgtap:db/*.sql', 'pgtap:db/a+b.sql')).toBe(true);
  expect(meansGate('row.parity', 'row-parity')).toBe(false);
});

test('every gate that the program names is one that a configuration may name', () => {
  const source = join(import.meta.dirname, '..');
  const files = ['check', 'rehearsal', 'schema'].flatMap((room) =>
    readdirSync(join(source, room), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => join(source, room, name)),
  );
  const named = files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\bgate: (?:'([a-z][a-z-]*)'|`([a-z][a-z-]*):\$)/g)]);
  expect(named.length).toBeGreaterThan(25);
  const singles: readonly string[] = singleGates;
  const families: readonly string[] = gateFamilies;
  const unknown = named.filter(([, single, family]) => (single === undefined ? !families.includes(family ?? '') : !singles.includes(single)));
  expect(unknown.map(([text]) => text)).toEqual([]);
  expect(new Set(singles).size).toBe(singles.length);
  expect(familyOf('smoke-before:checkout: pay')).toBe('smoke-before');
});
