import { expect, test } from 'vitest';
import { ObjectSet, set } from '../compare/schema-object.ts';
import { unexplained } from './unexplained.ts';

function schema(...statements: string[]): ObjectSet {
  const objects = new ObjectSet();
  const table = objects.object('table', 'public.t', 'public.t');
  set(table, 'owner', 'o');
  table.statements.push(...statements);
  return objects;
}

test('statements that differ where no property does are an unexplained difference', () => {
  expect(unexplained(schema('GRANT a TO b', 'GRANT c TO d'), schema('GRANT c TO d', 'GRANT a TO b'))).toEqual([]);
  expect(unexplained(schema('CREATE  TABLE t -- x\n()'), schema('CREATE TABLE t ()'))).toEqual([]);
  expect(unexplained(schema("ALTER TABLE t SET x = '1'"), schema("ALTER TABLE t SET x = '2'"))).toMatchObject([
    { class: 'unexplained', object: { kind: 'table', name: 'public.t' }, how: 'changed', left: "ALTER TABLE t SET x = '1'" },
  ]);
});
