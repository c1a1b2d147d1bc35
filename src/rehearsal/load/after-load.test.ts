import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withFolder } from '../../../test/support/temporary-folder.ts';
import { withContext } from '../../../test/support/with-context.ts';
import { listImages } from '../../cluster/image.ts';
import { dropClone } from '../../cluster/kept-clones.ts';
import { removeImage } from '../../cluster/remove-image.ts';
import { settingsSchema } from '../../config/schema.ts';
import type { Context } from '../../core/ports.ts';
import { readAfterLoad } from './after-load.ts';
import { type LoadedClone, loadClone } from './load-clone.ts';

const dump = `--\n-- PostgreSQL database dump\n--\n-- Dumped from database version 15.18\n
CREATE TABLE public.customer (id integer NOT NULL, mail text);
COPY public.customer (id, mail) FROM stdin;\n1\tanna@shop.example\n2\tben@shop.example\n\\.\n
--\n-- PostgreSQL database dump complete\n--\n`;

const hooks = ['quiet.sql', 'more/later.sql'];

function settings(afterLoad: readonly string[]) {
  return settingsSchema.parse({
    source: { dump: 'production.sql' },
    clone: { afterLoad },
    migrate: { tool: 'sql-files', folder: 'migrations', layout: 'flat', role: 'app' },
    baseline: { mode: 'init-then-migrations' },
  });
}

/** What the clone's table holds, and whether an image was there; the clone is dropped. */
async function mailsOf(context: Context, { clone, report }: LoadedClone): Promise<unknown> {
  const connected = await context.edge.postgres.connect(clone.admin);
  if (!connected.ok) throw new Error(connected.failure.message);
  const rows = await connected.value.query<{ mail: string }>('select mail from customer order by id');
  await connected.value.close();
  await dropClone(context, clone.id);
  return { mails: rows.map(({ mail }) => mail), reused: report.fromImage !== undefined, told: report.harmless.filter((note) => note.includes('afterLoad')) };
}

test('the team’s SQL is run on each copy before it counts, and an image is used again only where the same was run', async () => {
  await withFolder(
    {
      'production.sql': dump,
      'quiet.sql': "update public.customer set mail = id || '@nowhere.invalid';\n-- and\ncreate table public.told ();",
      'more/later.sql': 'insert into public.customer values (3, current_user);',
    },
    (folder) =>
      withContext(async (context) => {
        const load = async (afterLoad: readonly string[]) =>
          await loadClone(context, { settings: settings(afterLoad), folder, dump: join(folder, 'production.sql'), name: 'hooked' });
        const shown = async (afterLoad: readonly string[]) => {
          const loaded = await load(afterLoad);
          if (!loaded.ok) throw new Error(loaded.failure.message);
          return await mailsOf(context, loaded.value);
        };
        const mails = ['1@nowhere.invalid', '2@nowhere.invalid', 'pgrehearse_admin'];
        const told = [expect.stringMatching(/^quiet.sql was run on the copy.*2 statements$/), expect.stringMatching(/^more\/later.sql .*1 statement$/)];
        expect(await shown(hooks)).toEqual({ mails, reused: false, told });
        expect(await shown(hooks)).toEqual({ mails, reused: true, told });
        await writeFile(join(folder, 'more/later.sql'), 'delete from public.customer where id = 2');
        expect(await shown(hooks)).toMatchObject({ mails: ['1@nowhere.invalid'], reused: false });

        await writeFile(join(folder, 'more/later.sql'), 'select 1;\n\nselect *\nfrom public.missing;');
        expect(await load(hooks)).toMatchObject({
          ok: false,
          failure: {
            code: 'after-load-failed',
            place: { file: 'more/later.sql', line: 3 },
            sql: { sqlstate: '42P01', statement: 'select *\nfrom public.missing' },
          },
        });
        expect(await load(['gone.sql'])).toMatchObject({ ok: false, failure: { code: 'after-load-failed', place: { file: 'gone.sql' } } });
        await writeFile(join(folder, 'quiet.sql'), 'select 1;\n\\connect production');
        expect(await readAfterLoad(folder, hooks)).toMatchObject({ ok: false, failure: { message: expect.stringContaining('psql'), place: { line: 2 } } });
        for (const { image } of await listImages(context)) expect(await removeImage(context, image)).toMatchObject({ ok: true });
      }),
  );
});
