import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { alterManifest, dumpOf } from '../../../test/support/dump-of.ts';
import { ask } from '../../../test/support/own-server.ts';
import { withFolder } from '../../../test/support/temporary-folder.ts';
import { withContext } from '../../../test/support/with-context.ts';
import type { Context } from '../../core/ports.ts';
import type { Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { openDump } from '../../source/dump.ts';
import { type Copied, copyDatabase } from '../copy-database.ts';

const production = `
  create table big as select g as id, md5(g::text) as text from generate_series(1, 20000) g;
  create table small as select g as id from generate_series(1, 3) g;
  create index on big (id);
  select lo_from_bytea(77, decode(repeat('ab', 3000), 'hex'));`;

/** Opens a dump and, when that works, loads it into a database of its own. */
async function load(context: Context, path: string, into: Address): Promise<Result<Copied>> {
  const opened = await openDump(context, { path });
  if (!opened.ok) return opened;
  const database = `damaged_${crypto.randomUUID().slice(0, 8)}`;
  await ask(into, `create database ${database} template template0`);
  try {
    return await copyDatabase(context, opened.value, { ...into, database }, { jobs: 2 });
  } finally {
    await ask(into, `drop database ${database}`);
  }
}

/** What is done to the folder, the code, what the message says. */
const damages: Record<string, readonly [(folder: string, rows: string) => void, string, RegExp]> = {
  'a file of rows is missing': [(_, rows) => rmSync(rows), 'dump-damaged', /big\.copy\.zst is missing/],
  'a file of rows was cut off': [(_, rows) => truncateSync(rows, 1000), 'dump-damaged', /big\.copy\.zst has 1000 bytes/],
  'a bit of the rows was turned': [
    (_, rows) => {
      const bytes = readFileSync(rows);
      bytes[5000] = (bytes[5000] ?? 0) ^ 1;
      writeFileSync(rows, bytes);
    },
    'dump-damaged',
    /big\.copy\.zst (can’t be read to its end|was changed)/,
  ],
  'a row was altered, and the file packed again to the same size': [
    (folder, rows) => {
      const text = zstdDecompressSync(readFileSync(rows)).toString();
      writeFileSync(rows, zstdCompressSync(text.replace('1\tc4ca4238', '1\tc4ca4239')));
      const { length } = readFileSync(rows);
      alterManifest(folder, (manifest) => ({
        ...manifest,
        tables: manifest.tables.map((table) => ({
          ...table,
          files: table.files.map((file) => (/big/.test(file.name) ? { ...file, sizeBytes: length } : file)),
        })),
      }));
    },
    'dump-damaged',
    /big\.copy\.zst was changed: its SHA-256/,
  ],
  'two files were exchanged': [
    (folder, rows) => {
      const other = join(folder, 'data', readdirSync(join(folder, 'data')).find((name) => /small/.test(name)) ?? '');
      renameSync(rows, `${rows}.x`);
      copyFileSync(other, rows);
      renameSync(`${rows}.x`, other);
    },
    'dump-damaged',
    /has \d+ bytes/,
  ],
  'the manifest counts a row more': [
    (folder) =>
      alterManifest(folder, (manifest) => ({
        ...manifest,
        tables: manifest.tables.map((table) => ({ ...table, files: table.files.map((file) => ({ ...file, rows: file.rows + 1 })) })),
      })),
    'dump-damaged',
    /holds \d+ rows, but its manifest says \d+/,
  ],
  'a script was altered': [
    (folder) => writeFileSync(join(folder, 'post-data.sql'), readFileSync(join(folder, 'post-data.sql'), 'utf8').replace('USING btree', 'USING BTREE')),
    'dump-damaged',
    /post-data\.sql was changed/,
  ],
  'the manifest was altered': [
    (folder) => writeFileSync(join(folder, 'manifest.json'), readFileSync(join(folder, 'manifest.json'), 'utf8').replace('"rows": 20000', '"rows": 20001')),
    'dump-damaged',
    /manifest\.json was changed/,
  ],
  'the manifest was cut off': [(folder) => truncateSync(join(folder, 'manifest.json'), 50), 'dump-damaged', /manifest\.json can’t be read/],
  'the manifest leads out of the folder': [
    (folder) =>
      alterManifest(folder, (manifest) => ({
        ...manifest,
        scripts: { ...manifest.scripts, preData: { ...manifest.scripts.preData, name: '../outside.sql' } },
      })),
    'dump-refused',
    /not of this folder/,
  ],
  'the large objects were cut off': [
    (folder) => truncateSync(join(folder, 'data', readdirSync(join(folder, 'data')).find((name) => /large/.test(name)) ?? ''), 20),
    'dump-damaged',
    /large_objects_77_to_77\.copy\.zst has 20 bytes/,
  ],
};

test('damage of every sort is named, and nothing that was loaded counts', async () => {
  await withDatabase(15, production, (address) =>
    withContext((context) =>
      withFolder({}, async (folder) => {
        const whole = (await dumpOf(context, address, join(folder, 'dumps'))).folder;
        expect(await load(context, whole, address)).toMatchObject({ ok: true });
        for (const [name, [damage, code, message]] of Object.entries(damages)) {
          const copy = join(folder, 'damaged');
          rmSync(copy, { recursive: true, force: true });
          mkdirSync(copy);
          cpSync(whole, copy, { recursive: true });
          damage(copy, join(copy, 'data', readdirSync(join(copy, 'data')).find((file) => /big/.test(file)) ?? ''));
          expect(await load(context, copy, address), name).toMatchObject({ ok: false, failure: { code, message: expect.stringMatching(message) } });
        }
      }),
    ),
  );
});

test('a dump that somebody made up runs nothing that reaches out of the database', async () => {
  await withDatabase(15, production, (address) =>
    withContext((context) =>
      withFolder({}, async (folder) => {
        const { folder: dump } = await dumpOf(context, address, folder);
        const scripts: Record<string, RegExp> = {
          "copy small from program 'id'": /program/,
          'alter system set fsync = off': /ALTER SYSTEM/,
          '\\! id\n': /psql command/,
          'select $$': /ends in the middle/,
        };
        for (const [statement, message] of Object.entries(scripts)) {
          const bytes = Buffer.from(`${statement};\n`);
          writeFileSync(join(dump, 'sequences.sql'), bytes);
          const sha256 = createHash('sha256').update(bytes).digest('hex');
          alterManifest(dump, (manifest) => ({
            ...manifest,
            scripts: { ...manifest.scripts, sequences: { name: 'sequences.sql', sizeBytes: bytes.length, sha256 } },
          }));
          expect(await openDump(context, { path: dump })).toMatchObject({ ok: false, failure: { message: expect.stringMatching(message) } });
        }
      }),
    ),
  );
});
