import { expect, test } from 'vitest';
import { compareObjects } from './compare-objects.ts';
import { ObjectSet } from './schema-object.ts';

function schema(...objects: readonly (readonly [kind: string, name: string, definition: string])[]): ObjectSet {
  const set = new ObjectSet();
  for (const [kind, name, definition] of objects) set.object(kind, name, kind === 'index' ? 'public.t' : name).properties.set('definition', definition);
  return set;
}
const told = (left: ObjectSet, right: ObjectSet) =>
  compareObjects(left, right).map((one) => [one.how === 'changed' ? one.property : one.how, one.object.name, one.explanation]);

test('one index under another name is a difference of names', () => {
  expect(told(schema(['index', 'public.a', 'ON public.t (a)']), schema(['index', 'public.b', 'ON public.t (a)']))).toEqual([
    ['name', 'public.b', 'same body under another name: public.a'],
  ]);
});

test('where several fit, all are named and none is chosen', () => {
  const right = schema(['index', 'public.b', 'ON public.t (a)'], ['index', 'public.c', 'ON public.t (a)']);
  expect(told(schema(['index', 'public.a', 'ON public.t (a)']), right)).toEqual([
    ['only-left', 'public.a', 'same body as public.b and public.c, which only the other side has: one of them renamed?'],
    ['only-right', 'public.b', 'same body as public.a, which only the other side has: renamed?'],
    ['only-right', 'public.c', 'same body as public.a, which only the other side has: renamed?'],
  ]);
});

test('a view that queries call by its name is missing, whatever it looks like', () => {
  expect(told(schema(['view', 'public.v', 'SELECT 1']), schema(['view', 'public.w', 'SELECT 1']))).toEqual([
    ['only-left', 'public.v', 'same body as public.w, which only the other side has: renamed?'],
    ['only-right', 'public.w', 'same body as public.v, which only the other side has: renamed?'],
  ]);
  expect(told(schema(['view', 'public.v', 'SELECT 1']), schema(['view', 'public.w', 'SELECT 2'])).map(([, , explanation]) => explanation)).toEqual([
    undefined,
    undefined,
  ]);
});
