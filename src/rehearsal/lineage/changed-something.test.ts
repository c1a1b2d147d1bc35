import { expect, test } from 'vitest';
import type { Recording } from '../../core/recording.ts';
import { changedSomething } from './changed-something.ts';

const own = new Set(['knex_migrations', 'knex_migrations_lock']);
const changed = (...statements: readonly object[]) =>
  changedSomething(
    {
      transactions: [
        { id: 1, outcome: 'committed' },
        { id: 2, outcome: 'rolled-back' },
      ],
      statements: statements.map((one, at) => ({ id: at + 1, transaction: 1, ...one })),
    } as unknown as Recording,
    own,
  );

test('what a tool does for itself changes nothing', () => {
  expect(
    changed(
      { text: 'BEGIN', tag: 'BEGIN' },
      { text: 'create table if not exists "public"."knex_migrations" ("id" serial)', tag: 'CREATE TABLE' },
      { text: 'select * from information_schema.tables', tag: 'SELECT' },
      { text: 'update "knex_migrations_lock" set is_locked = 1', tag: 'UPDATE', written: [{}] },
      { text: `insert into "knex_migrations" (name) values ('002_note.js')`, tag: 'INSERT', written: [{}] },
      { text: `set lock_timeout to '1s'`, tag: 'SET' },
      { text: 'COMMIT', tag: 'COMMIT' },
    ),
  ).toBe(false);
});

test.each([
  [{ text: 'alter table public.item add column note text', tag: 'ALTER TABLE' }],
  [{ text: 'update public.item set price = 1 where false', tag: 'UPDATE' }],
  [{ text: 'do $$ begin end $$', tag: 'DO' }],
  // A function did it.
  [{ text: 'select public.add_note()', tag: 'SELECT', created: [{}] }],
])('changes: %j', (statement) => {
  expect(changed(statement)).toBe(true);
  expect(changed({ ...statement, transaction: 2 }), 'taken back').toBe(false);
  expect(changed({ ...statement, tag: undefined, error: {} }), 'failed').toBe(false);
});
