import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dropDumps } from '../../../test/support/drop-dumps.ts';
import { openTestSource } from '../../../test/support/dump-of.ts';
import { killAt } from '../../../test/support/kill-at.ts';
import { ask, withOwnServer } from '../../../test/support/own-server.ts';
import { contentOf } from '../../../test/support/rich-database.ts';
import { withFolder } from '../../../test/support/temporary-folder.ts';
import { withContext } from '../../../test/support/with-context.ts';
import { collectGarbage } from '../../cluster/collect-garbage.ts';
import { listDumps } from '../../cluster/kept-dumps.ts';
import type { DumpManifest } from '../../core/dump-manifest.ts';
import type { Context } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { openDump } from '../../source/dump.ts';
import { copyDatabase } from '../copy-database.ts';
import { type DumpOptions, writeDump } from './write-dump.ts';

const production = `
  do $$ begin for t in 1..60 loop
    execute format('create table t%s as select g as id, md5(g::text) as text from generate_series(1, 200) g', t);
  end loop; end $$`;
const expiresAt = '2030-01-01T00:00:00Z';

async function write(context: Context, address: Address, folder: string, options: DumpOptions) {
  await using source = await openTestSource(context, address);
  return await writeDump(context, source, folder, { expiresAt, unchanging: true, ...options });
}

/** Starts to write a dump in a process of its own, and kills it when so many parts are finished. Returns the folder of what is left. */
async function killedAfter(parts: number, context: Context & { readonly root: string }, { user, host, port, database }: Address, folder: string) {
  const program = join(import.meta.dirname, '../../../test/support/dump-program.ts');
  const url = `postgres://${user}@${host}:${port}/${database}`;
  const partial = () => join(folder, readdirSync(folder).find((name) => name.endsWith('.partial')) ?? 'none');
  const lines = () => {
    try {
      return readFileSync(join(partial(), 'journal.jsonl'), 'utf8').split('\n').length - 2;
    } catch {
      return 0;
    }
  };
  await killAt({
    start: () =>
      spawn(process.execPath, [program, context.root, url, folder, JSON.stringify({ unchanging: true, expiresAt })], {
        stdio: ['ignore', 'ignore', 'inherit'],
      }),
    isNow: () => lines() >= parts,
    undo: () => dropDumps(context),
  });
  return partial();
}

test('kill -9 of a dump of a source that can’t change: gc keeps what is finished, and only that is not read again', async () => {
  await withOwnServer(15, { hba: ['host all all 127.0.0.1/32 trust'], settings: { autovacuum: 'off' } }, async ({ tcp }) => {
    await ask(tcp, production);
    await withContext((context) =>
      withFolder({}, async (folder) => {
        expect(await write(context, tcp, folder, { resume: true })).toMatchObject({ ok: false, failure: { code: 'dump-not-resumable' } });
        const partial = await killedAfter(12, context, tcp, folder);
        expect(await collectGarbage(context, { dryRun: false })).toMatchObject({ removed: [], failures: [] });
        expect(await listDumps(context)).toMatchObject([{ state: 'unfinished' }]);
        const before = new Map(readdirSync(join(partial, 'data')).map((name) => [name, statSync(join(partial, 'data', name)).ino]));
        // As a writer leaves it that is killed in the middle of a line, and a finished file that the disk lost.
        const journal = readFileSync(join(partial, 'journal.jsonl'), 'utf8').split('\n').slice(0, 11);
        writeFileSync(join(partial, 'journal.jsonl'), `${journal.join('\n')}\n{"statement": "ab`);
        const names = journal.slice(1).map((line) => (JSON.parse(line) as { file: { name: string } }).file.name.slice('data/'.length));
        writeFileSync(join(partial, 'data', names[0] ?? ''), 'lost');

        const written = await write(context, tcp, folder, { resume: true });
        if (!written.ok) throw new Error(written.failure.message);
        const dump = written.value.folder;
        const after = new Map(readdirSync(join(dump, 'data')).map((name) => [name, statSync(join(dump, 'data', name)).ino]));
        expect(after.size).toBe(60);
        // Inode numbers are given out again, so the rest can't be told apart by them; what is kept can.
        for (const name of names.slice(1)) expect(after.get(name), name).toBe(before.get(name));
        expect(readdirSync(dump)).not.toContain('journal.jsonl');
        expect((JSON.parse(readFileSync(join(dump, 'manifest.json'), 'utf8')) as DumpManifest).rows).toBe(12_000);
        expect(await listDumps(context)).toMatchObject([{ state: 'whole', folder: dump }]);

        const opened = await openDump(context, { path: dump });
        if (!opened.ok) throw new Error(opened.failure.message);
        await ask(tcp, 'create database restored template template0');
        expect(await copyDatabase(context, opened.value, { ...tcp, database: 'restored' })).toMatchObject({ ok: true });
        expect(await contentOf({ ...tcp, database: 'restored' })).toEqual(await contentOf(tcp));

        // One transaction is enough: rows of two moments are never mixed.
        mkdirSync(join(folder, 'second'));
        await killedAfter(12, context, tcp, join(folder, 'second'));
        await ask(tcp, 'update t1 set id = 0 where id = 1');
        expect(await write(context, tcp, join(folder, 'second'), { resume: true })).toMatchObject({
          ok: false,
          failure: { code: 'dump-not-resumable', message: expect.stringContaining('gave out transactions since') },
        });
        // Without `resume` a new one is written, and the old one goes when its time is over.
        expect(await write(context, tcp, join(folder, 'second'), {})).toMatchObject({ ok: true });
        await collectGarbage({ ...context, now: () => new Date('2030-01-02T00:00:00Z') }, { dryRun: false });
        expect(readdirSync(join(folder, 'second'))).toEqual([]);
      }),
    );
  });
});
