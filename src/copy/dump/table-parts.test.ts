import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { dumpOf, psqlIn } from '../../../test/support/dump-of.ts';
import { ask } from '../../../test/support/own-server.ts';
import { contentOf } from '../../../test/support/rich-database.ts';
import { withSession } from '../../../test/support/session.ts';
import { withFolder } from '../../../test/support/temporary-folder.ts';
import { withContext } from '../../../test/support/with-context.ts';
import { openDump } from '../../source/dump.ts';
import { copyDatabase } from '../copy-database.ts';
import { listTables } from '../live/table-list.ts';
import { tableParts } from './table-parts.ts';

/** With holes, rows that moved, values that lie elsewhere, and more rows since its size was looked at. */
const production = `
  create table big (id int, text text);
  insert into big select g, md5(g::text) from generate_series(1, 20000) g;
  delete from big where id % 7 = 0;
  update big set text = text || 'x' where id % 11 = 0;
  alter table big alter column text set storage external;
  insert into big values (0, repeat('long ', 100000));
  create table parent (id int);
  create table child () inherits (parent);
  insert into parent select generate_series(1, 5000);
  insert into child select generate_series(1, 5000);`;

test('the parts of a table are all of its rows, and none twice', async () => {
  await withSession(15, production, async (session, address) => {
    const tables = await listTables(session);
    const parts = await tableParts(session, tables, 100_000);
    expect(parts.filter(({ label }) => label === 'public.big').length).toBeGreaterThan(5);
    await ask(address, 'insert into big select g, md5(g::text) from generate_series(100000, 102000) g');
    for (const table of ['big', 'parent', 'child']) {
      const ids: string[] = [];
      for (const { statement } of parts.filter(({ label }) => label === `public.${table}`)) {
        const rows = Buffer.concat((await session.copyOut(statement).toArray()) as Buffer[]).toString();
        ids.push(...rows.split('\n').filter((row) => row !== ''));
      }
      const [{ rows } = { rows: '' }] = await ask(address, `select count(*)::int as rows from only ${table}`);
      expect([table, ids.length, new Set(ids).size]).toEqual([table, rows, rows]);
    }
  });
});

test('a dump of tables in several parts comes back whole, with and without us', async () => {
  await withDatabase(15, production, (address) =>
    withContext((context) =>
      withFolder({}, async (folder) => {
        const { folder: dump } = await dumpOf(context, address, folder, { partBytes: 200_000 });
        expect(readdirSync(join(dump, 'data')).filter((name) => name.includes('public.big')).length).toBeGreaterThan(3);
        const expected = await contentOf(address);
        const target = { ...address, database: `parts_${crypto.randomUUID().slice(0, 8)}` };
        const opened = await openDump(context, { path: dump });
        if (!opened.ok) throw new Error(opened.failure.message);
        for (const load of [async () => (await copyDatabase(context, opened.value, target)).ok, async () => psqlIn(dump, target, 'restore.sql').status === 0]) {
          await ask(address, `create database ${target.database} template template0`);
          try {
            expect(await load()).toBe(true);
            expect(await contentOf(target)).toEqual(expected);
          } finally {
            await ask(address, `drop database ${target.database}`);
          }
        }
      }),
    ),
  );
});
