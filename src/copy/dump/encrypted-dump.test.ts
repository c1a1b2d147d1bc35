import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { dumpOf, psqlIn } from '../../../test/support/dump-of.ts';
import { ask } from '../../../test/support/own-server.ts';
import { contentOf } from '../../../test/support/rich-database.ts';
import { withFolder } from '../../../test/support/temporary-folder.ts';
import { withContext } from '../../../test/support/with-context.ts';
import type { DumpKeys } from '../../core/dump-keys.ts';
import { ok } from '../../core/result.ts';
import { Secret } from '../../core/secret.ts';
import { openDump } from '../../source/dump.ts';
import { copyDatabase } from '../copy-database.ts';

const production = `
  create table canary as select g as id, 'canary-' || md5(g::text) as note from generate_series(1, 3000) g;
  create function canary_body() returns text language sql as $$ select 'canary-in-code' $$;
  select lo_from_bytea(5, 'canary-object');
  alter table canary add primary key (id);`;

const keysOf = (keys: Partial<DumpKeys>): DumpKeys => ({ recipients: [], identities: [], ...keys });

test('an encrypted dump opens for its recipients, by us and by age with psql, and for nobody else', async () => {
  const [own, other] = [await generateX25519Identity(), await generateX25519Identity()];
  await withDatabase(15, production, (address) =>
    withContext((context) =>
      withFolder({ 'identity.txt': `${own}\n` }, async (folder) => {
        const { folder: dump } = await dumpOf(context, address, folder, { keys: keysOf({ recipients: [await identityToRecipient(own)] }) });
        const files = readdirSync(dump, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
        for (const { parentPath, name } of files) {
          const bytes = readFileSync(join(parentPath, name));
          expect(bytes.includes('canary-'), name).toBe(false);
          if (name.endsWith('.age')) expect(bytes.subarray(0, 21).toString(), name).toBe('age-encryption.org/v1');
          else expect(['manifest.json', 'restore.sql', 'SHA256SUMS'], name).toContain(name);
        }

        const database = `opened_${crypto.randomUUID().slice(0, 8)}`;
        const target = { ...address, database };
        const expected = await contentOf(address);
        try {
          await ask(address, `create database ${database} template template0`);
          const keys = async () => ok(keysOf({ identities: [new Secret(own)] }));
          const opened = await openDump(context, { path: dump, keys });
          if (!opened.ok) throw new Error(opened.failure.message);
          expect(await copyDatabase(context, opened.value, target)).toMatchObject({ ok: true });
          expect(await contentOf(target)).toEqual(expected);

          // With psql, zstd and something that decrypts as `age` does.
          mkdirSync(join(folder, 'bin'));
          symlinkSync(join(import.meta.dirname, '../../../test/support/age.js'), join(folder, 'bin/age'));
          const env = { PATH: join(folder, 'bin'), PGREHEARSE_IDENTITY: join(folder, 'identity.txt') };
          await ask(address, `drop database ${database}`);
          await ask(address, `create database ${database} template template0`);
          expect(psqlIn(dump, target, 'restore.sql', env)).toMatchObject({ status: 0, stderr: '' });
          expect(await contentOf(target)).toEqual(expected);

          await ask(address, `drop database ${database}`);
          await ask(address, `create database ${database} template template0`);
          writeFileSync(join(folder, 'identity.txt'), `${other}\n`);
          expect(psqlIn(dump, target, 'restore.sql', env)).toMatchObject({
            status: 3,
            stderr: expect.stringContaining('pre-data.sql.age could not be decrypted'),
          });
        } finally {
          await ask(address, `drop database if exists ${database}`);
        }

        for (const [keys, code] of [
          [undefined, 'dump-key-missing'],
          [keysOf({}), 'dump-key-missing'],
          [keysOf({ identities: [new Secret(other)] }), 'dump-key-wrong'],
          [keysOf({ identities: [new Secret('hunter2')] }), 'dump-key-wrong'],
        ] as const) {
          const opened = await openDump(context, { path: dump, ...(keys === undefined ? {} : { keys: async () => ok(keys) }) });
          expect(opened).toMatchObject({ ok: false, failure: { code } });
        }

        const sealed = readFileSync(join(dump, 'post-data.sql.age'));
        sealed[sealed.length - 5] = (sealed.at(-5) ?? 0) ^ 1;
        writeFileSync(join(dump, 'post-data.sql.age'), sealed);
        expect(await openDump(context, { path: dump, keys: async () => ok(keysOf({ identities: [new Secret(own)] })) })).toMatchObject({
          ok: false,
          failure: { code: 'dump-damaged', message: expect.stringContaining('post-data.sql.age') },
        });
      }),
    ),
  );
});

test('a passphrase is asked for once, and a wrong one opens nothing', async () => {
  await withDatabase(15, production, (address) =>
    withContext((context) =>
      withFolder({}, async (folder) => {
        const passphrase = new Secret('correct horse battery staple');
        const { folder: dump } = await dumpOf(context, address, folder, { keys: keysOf({ passphrase }) });
        const open = async (text: string) => await openDump(context, { path: dump, keys: async () => ok(keysOf({ passphrase: new Secret(text) })) });
        const opened = await open('correct horse battery staple');
        expect(opened).toMatchObject({ ok: true, value: { kind: 'folder', scripts: { preData: expect.stringContaining('canary-in-code') } } });
        expect(await open('wrong')).toMatchObject({ ok: false, failure: { code: 'dump-key-wrong' } });
        expect(readFileSync(join(dump, 'manifest.json'), 'utf8')).not.toContain('horse');

        // The key is an identity file like any other that is encrypted with a passphrase, so age's own program can use it.
        expect(readFileSync(join(dump, 'key.age'), 'latin1')).toMatch(/^age-encryption\.org\/v1\n-> scrypt /);
      }),
    ),
  );
});
