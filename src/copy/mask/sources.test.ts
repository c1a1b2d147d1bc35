import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { testServer, withDatabase } from '../../../test/support/databases.ts';
import { maskedRows, openMasked, problemsOf, saltVariable } from '../../../test/support/masked-source.ts';
import { ask } from '../../../test/support/own-server.ts';

const columns = { 'public.t.v': 'hash' } as const;

test('equal text has equal hashes whatever the encoding of the database; bytes that are no text are hashed as bytes', async () => {
  const server = testServer(18);
  const hashes: Record<string, unknown> = {};
  for (const [encoding, value] of [
    ['UTF8', "'größe'"],
    ['LATIN1', "'größe'"],
    ['SQL_ASCII', "E'\\xff\\xfe'"],
  ] as const) {
    const database = `mask_${randomBytes(6).toString('hex')}`;
    await ask(server, `create database ${database} encoding '${encoding}' locale 'C' template template0`);
    try {
      const address = { ...server, database };
      await ask(address, `create table t (v text); insert into t values (${value})`);
      await using source = await openMasked(address, { columns, saltVariable });
      hashes[encoding] = (await maskedRows(source, 't'))[0]?.v;
    } finally {
      await ask(server, `drop database ${database} with (force)`);
    }
  }
  expect(hashes.LATIN1).toBe(hashes.UTF8);
  for (const hash of Object.values(hashes)) expect(hash).toMatch(/^[0-9a-f]{32}$/);
});

test.each([15, 18] as const)('a role that is no superuser may give the salt and read masked rows (PostgreSQL %i)', async (major) => {
  const role = `mask_${randomBytes(6).toString('hex')}`;
  await withDatabase(
    major,
    `create table t (v text); insert into t values ('x'); create role ${role} login; grant select on t to ${role}`,
    async (address, run) => {
      try {
        await using source = await openMasked({ ...address, user: role }, { columns });
        expect((await maskedRows(source, 't'))[0]?.v).toMatch(/^[0-9a-f]{32}$/);
      } finally {
        await run(`drop owned by ${role}; drop role ${role}`);
      }
    },
  );
});

test('a salt that is missing or short is said, and nothing can be copied', async () => {
  await withDatabase(15, 'create table t (v text)', async (address) => {
    expect(await problemsOf(address, { columns, saltVariable: 'PGREHEARSE_NO_SUCH_SALT' })).toEqual([
      'masking.saltVariable: the environment variable PGREHEARSE_NO_SUCH_SALT is not set.',
    ]);
    expect(await problemsOf(address, { columns, saltVariable: 'LANG_SHORT' }, { LANG_SHORT: 'short' })).toEqual([
      'masking.saltVariable: LANG_SHORT is shorter than 16 characters.',
    ]);
  });
});
