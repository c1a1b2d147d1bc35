import { expect, test } from 'vitest';
import type { SchemaDifference } from '../../core/schema-difference.ts';
import { hasNumberedName, markUnstable, maybeUnstable } from './mark-unstable.ts';

const view = (left: string, right: string): SchemaDifference => ({
  class: 'semantic',
  object: { kind: 'view', name: 'public.v' },
  property: 'definition',
  how: 'changed',
  left,
  right,
});
const only = (how: 'only-left' | 'only-right', name: string): SchemaDifference => ({ class: 'semantic', object: { kind: 'table', name }, how });
const classes = (differences: readonly SchemaDifference[]) => differences.map((difference) => difference.class);

test('what two builds differ in is unstable, whatever the values are', () => {
  expect(classes(markUnstable([view('a', 'b')], [view('b', 'c')], 'why'))).toEqual(['unstable']);
  const others: SchemaDifference[] = [
    { ...view('a', 'b'), property: 'owner' },
    { ...view('a', 'b'), object: { kind: 'view', name: 'public.w' } },
  ];
  expect(markUnstable(others, [view('b', 'c')], 'why')).toEqual(others);
});

test('names that are made of a time are known by their shape', () => {
  const found = [only('only-left', 'public.events_20261121_1'), only('only-right', 'public.events_20261122_12'), only('only-right', 'public.orders_1')];
  const builds = [only('only-left', 'public.events_20261122_12'), only('only-right', 'public.events_20261123_3')];
  expect(classes(markUnstable(found, builds, 'why'))).toEqual(['unstable', 'unstable', 'semantic']);
});

test('owners, rights and types are never a matter of the moment', () => {
  expect(maybeUnstable({ ...view('a', 'b'), property: 'privileges' })).toBe(false);
  expect(maybeUnstable({ ...view('a', 'b'), class: 'deparse-only' })).toBe(false);
  expect(maybeUnstable(view('a', 'b'))).toBe(true);
  expect([only('only-left', 'public.t'), only('only-left', 'public.t_1')].map(hasNumberedName)).toEqual([false, true]);
});

test('that an object is there can be a matter of the time only where its name holds a number', () => {
  expect([only('only-left', 'public.events_20261121'), only('only-right', 'public.t')].map(maybeUnstable)).toEqual([true, false]);
});
