import { expect, test } from 'vitest';
import type { SchemaDifference } from '../../core/schema-difference.ts';
import { markOldDrift } from './mark-old-drift.ts';

const changed = (left: string, right: string, property = 'default'): SchemaDifference => ({
  class: 'semantic',
  object: { kind: 'column', name: 'public.t.a' },
  property,
  how: 'changed',
  left,
  right,
});
const missing: SchemaDifference = { class: 'semantic', object: { kind: 'index', name: 'public.i' }, how: 'only-right', right: 'CREATE INDEX …' };

test('what stood before is old drift; what looked otherwise is said to have been there; the rest is new', () => {
  const marked = markOldDrift(
    [changed('1', '2'), missing, changed('3', '4', 'type')],
    [changed('1', '2'), { ...missing, right: 'otherwise' }, changed('x', '4', 'type')],
  );
  expect(marked.map(({ oldDrift, explanation }) => [oldDrift, explanation])).toEqual([
    [true, 'it was there before this release'],
    [true, 'it was there before this release'],
    [undefined, 'it already differed before this release, in another way'],
  ]);
  expect(markOldDrift([changed('1', '2'), missing], [{ ...missing, how: 'only-left' }, changed('1', '2', 'type')])).toEqual([changed('1', '2'), missing]);
});
