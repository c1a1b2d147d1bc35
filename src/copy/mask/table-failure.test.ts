import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { contextWithSalt, openMasked } from '../../../test/support/masked-source.ts';
import type { MaskingSettings } from '../../config/schema.ts';
import type { Failure } from '../../core/failure.ts';
import { copyDatabase } from '../copy-database.ts';
import { explainLosses } from './explain-losses.ts';

const canary = 'canary of production';

/** What a copy of a table with these masks fails with. */
async function copyFailure(sql: string, columns: MaskingSettings['columns']): Promise<Failure> {
  return await withDatabase(18, sql, (source) =>
    withDatabase(18, '', async (target) => {
      await using masked = await openMasked(source, { columns });
      const copied = await copyDatabase(contextWithSalt(), masked, target);
      if (copied.ok) throw new Error('the copy was made');
      return copied.failure;
    }),
  );
}

test('an error of a mask on production tells which table and columns, and nothing that was in them', async () => {
  const sql = `create table t (id int, note text); insert into t values (1, '12'), (2, '${canary}')`;
  const failure = await copyFailure(sql, { 'public.t.note': { sql: 'note::pg_catalog.int4::pg_catalog.text' } });
  expect(failure).toMatchObject({ code: 'mask-failed', object: 'public.t', sql: { sqlstate: '22P02' } });
  expect(failure.message).toMatch(/mask of public\.t .*masked are note/);
  expect(JSON.stringify(failure)).not.toContain(canary);
});

test('so does an error that somebody raises', async () => {
  const sql = `
    create function refuse(v text) returns text language plpgsql as $$ begin raise exception 'no %', v; end $$;
    create table t (note text); insert into t values ('${canary}')`;
  const failure = await copyFailure(sql, { 'public.t.note': { sql: 'public.refuse(note)' } });
  expect(failure).toMatchObject({ code: 'mask-failed', sql: { sqlstate: 'P0001' } });
  expect(JSON.stringify(failure)).not.toContain(canary);
});

test('a masked value that a constraint or the column’s length refuses names the masks', async () => {
  const check = `create table t (id int, email text check (email like '%@corp.example')); insert into t values (1, 'a@corp.example')`;
  expect(await copyFailure(check, { 'public.t.email': 'fake:email' })).toMatchObject({
    code: 'mask-failed',
    object: 'public.t',
    message: expect.stringMatching(/A row of public\.t does not fit after masking \(SQLSTATE 23514\).*t_email_check.*masked are email/),
  });
  const short = `create table t (code varchar(5)); insert into t values ('abc')`;
  expect(await copyFailure(short, { 'public.t.code': { sql: "'much too long'" } })).toMatchObject({ code: 'mask-failed', sql: { sqlstate: '22001' } });
});

test('an index or key that masked rows break says which masks there are', () => {
  const loss = {
    ...{ object: { kind: 'index', name: 'public.u' }, message: 'could not create unique index', cure: 'Repair it.', sqlstate: '23505' },
    statement: 'CREATE UNIQUE INDEX u ON public.users USING btree (name)',
  };
  const columns = [
    { schema: 'public', table: 'users', column: 'name', strategy: 'sql' },
    { schema: 'public', table: 'user', column: 'name', strategy: 'hash' },
  ];
  const facts = { columns, largeObjects: 'none', salt: 'random', fingerprint: '' } as const;
  const [explained] = explainLosses([loss], facts);
  expect(explained?.cure).toBe('Masked rows broke it, if production’s own don’t: public.users.name by sql. Choose masks that keep it. Repair it.');
  expect(explainLosses([{ ...loss, sqlstate: '42501' }], facts)[0]?.cure).toBe('Repair it.');
  expect(explainLosses([loss], undefined)).toEqual([loss]);
});
