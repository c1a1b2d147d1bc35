import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { alterManifest, dumpOf, psqlIn } from '../../../test/support/dump-of.ts';
import { ask } from '../../../test/support/own-server.ts';
import { contentOf } from '../../../test/support/rich-database.ts';
import { withFolder } from '../../../test/support/temporary-folder.ts';
import { withContext } from '../../../test/support/with-context.ts';
import { ok } from '../../core/result.ts';
import { Secret } from '../../core/secret.ts';
import { openDump } from '../../source/dump.ts';
import { copyDatabase } from '../copy-database.ts';

/** The original program, not the library that we use. */
const hasAge = spawnSync('age', ['--version']).status === 0;

const production = `
  create table large as select g as id, md5(g::text) || repeat(' ', 100) as note from generate_series(1, 20000) g;
  create table empty (id int);
  alter table large add primary key (id);`;

test.runIf(hasAge)('a dump that we encrypt opens with the age program and psql; files that it encrypts open with us', async () => {
  await withDatabase(15, production, (address) =>
    withContext((context) =>
      withFolder({}, async (folder) => {
        const identityFile = join(folder, 'identity.txt');
        execFileSync('age-keygen', ['-o', identityFile], { stdio: 'ignore' });
        const recipient = execFileSync('age-keygen', ['-y', identityFile], { encoding: 'utf8' }).trim();
        const identity = /^AGE-SECRET-KEY-.*$/m.exec(readFileSync(identityFile, 'utf8'))?.[0] ?? '';
        const { folder: dump } = await dumpOf(context, address, folder, { keys: { recipients: [recipient], identities: [] } });
        const expected = await contentOf(address);
        const target = { ...address, database: `aged_${crypto.randomUUID().slice(0, 8)}` };
        const emptyTarget = async () => {
          await ask(address, `drop database if exists ${target.database}`);
          await ask(address, `create database ${target.database} template template0`);
        };
        try {
          await emptyTarget();
          expect(psqlIn(dump, target, 'restore.sql', { PGREHEARSE_IDENTITY: identityFile })).toMatchObject({ status: 0, stderr: '' });
          expect(await contentOf(target)).toEqual(expected);

          // Each file opened by the program, and encrypted anew for two recipients.
          alterManifest(dump, (manifest) => {
            const again = <F extends { readonly name: string }>(file: F): F => ({ ...file, ...reseal(join(dump, file.name), recipient) });
            const { scripts } = manifest;
            return {
              ...manifest,
              scripts: {
                preData: again(scripts.preData),
                largeObjects: again(scripts.largeObjects),
                sequences: again(scripts.sequences),
                postData: again(scripts.postData),
              },
              tables: manifest.tables.map((table) => ({ ...table, files: table.files.map(again) })),
            };
          });
          await emptyTarget();
          const opened = await openDump(context, { path: dump, keys: async () => ok({ recipients: [], identities: [new Secret(identity)] }) });
          if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
          expect(await copyDatabase(context, opened.value, target)).toMatchObject({ ok: true });
          expect(await contentOf(target)).toEqual(expected);
        } finally {
          await ask(address, `drop database if exists ${target.database}`);
        }

        function reseal(path: string, to: string) {
          const plain = execFileSync('age', ['-d', '-i', identityFile, path], { maxBuffer: 1e9 });
          const other = execFileSync('age-keygen', { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
          const second = /public key: (\S+)/.exec(other)?.[1] ?? '';
          const sealed = execFileSync('age', ['-r', second, '-r', to], { input: plain, maxBuffer: 1e9 });
          writeFileSync(path, sealed);
          return { sizeBytes: sealed.length, sha256: createHash('sha256').update(sealed).digest('hex') };
        }
      }),
    ),
  );
});
