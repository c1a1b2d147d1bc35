import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Secret } from '../../src/core/secret.ts';
import { withDatabase } from '../support/databases.ts';
import { dumpOf } from '../support/dump-of.ts';
import { withFolder } from '../support/temporary-folder.ts';
import { withContext } from '../support/with-context.ts';

/** The original program, not the library that we use. */
const hasAge = spawnSync('age', ['--version']).status === 0;

test.runIf(hasAge)('the key of a dump with a passphrase opens with the age program', async () => {
  await withDatabase(15, 'create table public.large (id int)', (address) =>
    withContext((context) =>
      withFolder({}, async (folder) => {
        const passphrase = 'correct horse battery staple';
        const keys = { recipients: [], identities: [], passphrase: new Secret(passphrase) };
        const { folder: dump } = await dumpOf(context, address, folder, { keys });
        // The program asks for it on a terminal only, which `script` gives it.
        const command = `age -d -i ${join(dump, 'key.age')} -o ${join(folder, 'opened.sql')} ${join(dump, 'pre-data.sql.age')}`;
        const opened = spawnSync('script', ['-qec', command, '/dev/null'], { input: `${passphrase}\n`, encoding: 'utf8' });
        expect(opened, opened.stdout).toMatchObject({ status: 0 });
        expect(readFileSync(join(folder, 'opened.sql'), 'utf8')).toContain('CREATE TABLE public.large');
      }),
    ),
  );
});
