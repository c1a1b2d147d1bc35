import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { dumpOf, psqlIn } from '../../../test/support/dump-of.ts';
import { ask } from '../../../test/support/own-server.ts';
import { contentOf } from '../../../test/support/rich-database.ts';
import { withFolder } from '../../../test/support/temporary-folder.ts';
import { withContext } from '../../../test/support/with-context.ts';
import { openDump } from '../../source/dump.ts';
import { copyDatabase } from '../copy-database.ts';

const names = [
  `'; drop "x`,
  'Größe 表 🐘',
  '../../etc/passwd',
  'a\nb\r\n\\. c',
  '$(touch hacked)`touch hacked`',
  ':ROW_COUNT :{?x} \\q',
  'x'.repeat(63),
  '-',
  '%s\t"',
];

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

const production = `
  ${names
    .map(
      (name, index) => `
  create schema ${quote(`s${index}${name}`.slice(0, 40))};
  create table ${quote(`s${index}${name}`.slice(0, 40))}.${quote(name)} (
    ${quote(name)} int generated always as identity, ${quote(`2${name}`.slice(0, 40))} text default 'x', doubled int generated always as (1) stored);
  insert into ${quote(`s${index}${name}`.slice(0, 40))}.${quote(name)} (${quote(`2${name}`.slice(0, 40))})
    values (E'a\\tb'), (null), (E'\\\\.'), (E'line\\nbreak'), ('');`,
    )
    .join('')}
  create table "no
columns" ();
  insert into "no
columns" select from generate_series(1, 4);
  create table empty (id int);`;

test('names that mean something to SQL, psql, shells and file systems', async () => {
  await withDatabase(15, production, (address) =>
    withContext((context) =>
      withFolder({}, async (folder) => {
        const { folder: dump } = await dumpOf(context, address, folder);
        for (const name of readdirSync(join(dump, 'data'))) expect(name).toMatch(/^\d{4}-[A-Za-z0-9_.]+\.copy\.zst$/);
        const expected = await contentOf(address);
        const restored = `restored_${crypto.randomUUID().slice(0, 8)}`;
        await ask(address, `create database ${restored} template template0`);
        const target = { ...address, database: restored };
        try {
          const opened = await openDump(context, { path: dump });
          if (!opened.ok) throw new Error(opened.failure.message);
          expect(await copyDatabase(context, opened.value, target)).toMatchObject({ ok: true, value: { report: { losses: [] } } });
          expect(await contentOf(target)).toEqual(expected);
          await ask(address, `drop database ${restored}`);
          await ask(address, `create database ${restored} template template0`);
          expect(psqlIn(dump, target, 'restore.sql')).toMatchObject({ status: 0, stderr: '' });
          expect(await contentOf(target)).toEqual(expected);
          expect(existsSync(join(dump, 'hacked'))).toBe(false);
        } finally {
          await ask(address, `drop database if exists ${restored}`);
        }
      }),
    ),
  );
});
