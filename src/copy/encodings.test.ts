import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testServer, withDatabase } from '../../test/support/databases.ts';
import { ask } from '../../test/support/own-server.ts';
import { withFolder } from '../../test/support/temporary-folder.ts';
import { withContext } from '../../test/support/with-context.ts';
import type { OpenSource } from '../core/open-source.ts';
import { openDump } from '../source/dump.ts';
import { openUrl } from '../source/url.ts';
import { copyDatabase } from './copy-database.ts';
import { writeDump } from './dump/write-dump.ts';

const pgDump = '/usr/lib/postgresql/15/bin/pg_dump';

const databases = [
  ['LATIN1', `create table "Größe" (a text default 'ä'); insert into "Größe" select chr(g) from generate_series(32, 255) g where g not between 127 and 160`],
  // Bytes of three encodings at once, as old databases hold them.
  [
    'SQL_ASCII',
    `create table "Größe" (a text); insert into "Größe" values (convert_from('\\xff', 'SQL_ASCII')), ('ä'), (convert_from('\\x80c3', 'SQL_ASCII'))`,
  ],
] as const;

test.each(databases)('bytes of a %s database stay what they are: live, by plain dump, by dump folder', async (encoding, sql) => {
  const server = testServer(15);
  await withDatabase(15, '', async (address) => {
    const remake = (database: string) =>
      ask(server, `drop database if exists ${database} with (force)`).then(() =>
        ask(server, `create database ${database} encoding '${encoding}' template template0 lc_collate 'C' lc_ctype 'C'`),
      );
    const copy = `${address.database}_copy`;
    await remake(address.database);
    await ask(address, sql);
    const bytes = (database: string) =>
      ask({ ...server, database }, 'set client_encoding to sql_ascii').then(() =>
        ask({ ...server, database }, `select encode(convert_to(a, getdatabaseencoding()), 'hex') as hex from "Größe" order by 1`),
      );
    const expected = await bytes(address.database);
    const check = async (source: OpenSource, context: Parameters<typeof copyDatabase>[0]) => {
      expect(source.facts.locale.encoding).toBe(encoding);
      await remake(copy);
      const copied = await copyDatabase(context, { ...source, facts: { ...source.facts, roles: [], memberships: [] } }, { ...server, database: copy });
      if (!copied.ok) throw new Error(copied.failure.message);
      expect(copied.value.report.losses).toEqual([]);
      expect(await bytes(copy)).toEqual(expected);
    };
    await withContext((context) =>
      withFolder({}, async (folder) => {
        const open = async () => {
          const opened = await openUrl(context, { url: `postgres://postgres@127.0.0.1:${server.port}/${address.database}`, allowPrimary: true });
          if (!opened.ok) throw new Error(opened.failure.message);
          return opened.value;
        };
        {
          await using source = await open();
          await check(source, context);
        }
        {
          await using source = await open();
          expect(await writeDump(context, source, folder)).toMatchObject({ ok: true });
        }
        const paths = [folder];
        if (existsSync(pgDump)) {
          writeFileSync(join(folder, 'x.txt'), spawnSync(pgDump, ['-h', server.host, '-p', `${server.port}`, '-U', 'postgres', address.database]).stdout);
          paths.push(join(folder, 'x.txt'));
        }
        for (const path of paths) {
          const opened = await openDump(context, { path });
          if (!opened.ok) throw new Error(opened.failure.message);
          await check(opened.value, context);
        }
      }),
    );
    await ask(server, `drop database ${copy} with (force)`);
  });
});
