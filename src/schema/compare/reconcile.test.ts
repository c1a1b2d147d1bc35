import { expect, test } from 'vitest';
import type { SchemaDifference } from '../../core/schema-difference.ts';
import { reconcile } from './reconcile.ts';
import { ObjectSet } from './schema-object.ts';

type Facts = Readonly<Record<string, string>>;

function schema(table: Facts, column: Facts): ObjectSet {
  const set = new ObjectSet();
  const objects = [set.object('table', 'public.t', 'public.t'), set.object('column', 'public.t.a', 'public.t')] as const;
  for (const [property, value] of Object.entries(table)) objects[0].properties.set(property, value);
  for (const [property, value] of Object.entries(column)) objects[1].properties.set(property, value);
  return set;
}
const same = { left: schema({ owner: 'o' }, { type: 'integer' }), right: schema({ owner: 'o' }, { type: 'integer' }) };
const sides = { catalog: same, text: same };
const on = (kind: string, name: string, property: string, more: Partial<SchemaDifference> = {}): SchemaDifference => ({
  class: 'semantic',
  object: { kind, name },
  property,
  how: 'changed',
  left: '1',
  right: '2',
  ...more,
});
const column = on('column', 'public.t.a', 'default');
const told = (catalog: readonly SchemaDifference[], text: readonly SchemaDifference[]) =>
  reconcile({ catalog, text }, sides).map((one) => [one.class, one.object.name, one.property, one.explanation]);

test('what both show is told once, as the catalogs say it', () => {
  expect(told([column], [column])).toEqual([['semantic', 'public.t.a', 'default', undefined]]);
});

test('what only the text shows is unexplained', () => {
  expect(told([], [column])).toEqual([['unexplained', 'public.t.a', 'default', expect.stringContaining('pg_dump shows it')]]);
  // Of another object, too.
  expect(told([on('column', 'public.u.a', 'default')], [column]).map(([kind]) => kind)).toEqual(['semantic', 'unexplained']);
});

test('a property that the catalogs don’t know is explained by its object, its table or a part of it', () => {
  const odd = on('table', 'public.t', 'action SET WITHOUT OIDS');
  for (const one of [on('table', 'public.t', 'persistence'), column]) expect(told([one], [odd])).toHaveLength(1);
  // But not one that they know, and find the same.
  expect(told([column], [column, on('table', 'public.t', 'owner')]).map(([kind]) => kind)).toEqual(['semantic', 'unexplained']);
});

test('what only the catalogs show says so where pg_dump should show it too', () => {
  expect(told([column], [])).toEqual([['semantic', 'public.t.a', 'default', expect.stringContaining('only the catalogs show it')]]);
  expect(told([on('extension', 'citext', 'version')], [])).toEqual([['semantic', 'citext', 'version', undefined]]);
  expect(told([{ ...column, class: 'deparse-only' }], [{ ...column, class: 'deparse-only' }])).toHaveLength(1);
});

test('a column that one side lacks has its default on the other side only', () => {
  const { property: _, right: __, ...gone } = on('column', 'public.t.a', 'type', { how: 'only-left' });
  const { right: ___, ...itsDefault } = column;
  const missing = { left: same.left, right: new ObjectSet() };
  const toldOf = (text: SchemaDifference) => reconcile({ catalog: [gone], text: [text] }, { catalog: missing, text: missing }).map((one) => one.class);
  expect(toldOf({ ...itsDefault, property: 'type' })).toEqual(['semantic']);
  // What is on the side where the column isn't can't be its own.
  expect(toldOf({ ...column, property: 'type', left: undefined as never })).toEqual(['semantic', 'unexplained']);
});
