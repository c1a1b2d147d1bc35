import { expect, test } from 'vitest';
import type { Waiver } from '../../config/load-waivers.ts';
import type { SchemaDifference } from '../../core/schema-difference.ts';
import { applyWaivers, tellWaiver } from './apply-waivers.ts';

const today = '2026-11-21';
const waiver = (object: string, property: string, more: Partial<Waiver> = {}): Waiver => ({
  object,
  property,
  comparison: 'schema-gate',
  reason: 'it is renamed next week',
  expires: '2026-12-31',
  place: { file: 'pgrehearse.waivers.json', line: 1 },
  ...more,
});
const changed = (kind: string, name: string, property: string): SchemaDifference => ({
  class: 'semantic',
  object: { kind, name },
  property,
  how: 'changed',
  left: 'a',
  right: 'b',
});
const differences: readonly SchemaDifference[] = [
  changed('column', 'public.t.a', 'type'),
  changed('column', 'public.t.a', 'default'),
  changed('column', 'public.t.b', 'type'),
  changed('table', 'public.x', 'owner'),
  changed('type', 'public.x', 'owner'),
  { class: 'semantic', object: { kind: 'aggregate', name: 'public.count_all(*)' }, how: 'only-left', left: 'x' },
  { class: 'unexplained', object: { kind: 'table', name: 'public.u' }, how: 'changed', left: 'a', right: 'b' },
];
const apply = (...waivers: readonly Waiver[]) => {
  const { waived, uses } = applyWaivers(differences, waivers, today);
  return {
    states: uses.map(({ state, matched }) => `${state} ${matched}`),
    waived: [...waived.keys()].map(({ object, property }) => `${object.name} ${property}`),
  };
};

test('a waiver covers the property that it names, and nothing else of the object', () => {
  expect(apply(waiver('public.t.a', 'type'))).toEqual({ states: ['used 1'], waived: ['public.t.a type'] });
});

test('names are no patterns: dots, parentheses and case count', () => {
  for (const name of ['public.t', 'public?t.a', 'public.t.', 'PUBLIC.T.A', '.*', 'public.t.a|public.t.b']) {
    expect(apply(waiver(name, 'type')), name).toMatchObject({ waived: [] });
  }
});

test('a star is any characters, and the count says what it covers; properties have no pattern', () => {
  expect(apply(waiver('public.t.*', 'type'))).toEqual({ states: ['used 2'], waived: ['public.t.a type', 'public.t.b type'] });
  expect(apply(waiver('public.t.a', '*'))).toEqual({ states: ['unmatched 0'], waived: [] });
  expect(apply(waiver('public.count_all(\\*)', 'existence'))).toMatchObject({ states: ['used 1'] });
});

test('expired, unmatched and ambiguous waivers cover nothing, and are told', () => {
  expect(apply(waiver('public.t.a', 'type', { expires: today }))).toMatchObject({ states: ['used 1'] });
  const late = applyWaivers(
    differences,
    [waiver('public.t.a', 'type', { expires: '2026-11-20' }), waiver('public.x', 'owner'), waiver('public.y', 'owner')],
    today,
  );
  expect(late.waived.size).toBe(0);
  expect(late.uses.map(tellWaiver)).toEqual([
    'The waiver of public.t.a: type expired on 2026-11-20.',
    'The waiver of public.x: owner means 2 differences: name the kind.',
    'The waiver of public.y: owner matches no difference.',
  ]);
  expect(apply(waiver('public.x', 'owner', { kind: 'type' }))).toMatchObject({ states: ['used 1'] });
});

test('an unexplained difference is waived only by its class', () => {
  expect(apply(waiver('public.u', 'statements'))).toMatchObject({ states: ['unmatched 0'] });
  expect(apply(waiver('public.*', 'statements', { class: 'unexplained' }))).toMatchObject({ states: ['used 1'] });
});

test('waivers for another comparison are left aside', () => {
  expect(apply(waiver('public.t.a', 'type', { comparison: 'drift' }))).toEqual({ states: [], waived: [] });
});
