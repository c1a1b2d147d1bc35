import { expect, test } from 'vitest';
import { withDatabase } from '../support/databases.ts';
import { DebianServer } from '../support/debian-server.ts';
import { ask } from '../support/own-server.ts';
import { syncOnce } from '../sync/sync-stage.ts';

const schema = 'create table letters (id int primary key, v text, own text compression pglz);';
const text = "repeat(md5('a') || md5('b'), 400)";

test('long values are compressed by lz4, unless column, role or database say by what', async () => {
  await withDatabase(15, `${schema} insert into letters values (1, ${text}, ${text}); analyze`, async (there) => {
    await using server = await DebianServer.start();
    await ask(server.admin, 'create database staging');
    const staging = { ...server.admin, database: 'staging' };
    await ask(staging, schema);
    const methods = async () => {
      const synced = await syncOnce(there, staging, { settings: { masking: undefined } });
      expect([synced.result.verdict.kind, synced.tables.get('public.letters')?.outcome]).toEqual(['PASS', 'synced']);
      return await ask(staging, "select pg_column_compression(v) || ' ' || pg_column_compression(own) as methods from letters");
    };
    expect(await methods()).toEqual([{ methods: 'lz4 pglz' }]);
    await ask(server.admin, "alter role postgres in database staging set default_toast_compression = 'pglz'");
    expect(await methods()).toEqual([{ methods: 'pglz pglz' }]);
  });
});
