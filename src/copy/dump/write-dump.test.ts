import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dropDumps } from '../../../test/support/drop-dumps.ts';
import { fewOf } from '../../../test/support/in-full.ts';
import { killAt } from '../../../test/support/kill-at.ts';
import { ask, withOwnServer } from '../../../test/support/own-server.ts';
import { contentOf, databaseOf, rolesOf, schemaOf, withRichDatabase } from '../../../test/support/rich-database.ts';
import { withFolder } from '../../../test/support/temporary-folder.ts';
import { withContext } from '../../../test/support/with-context.ts';
import { collectGarbage } from '../../cluster/collect-garbage.ts';
import type { Context } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { openDump } from '../../source/dump.ts';
import { openUrl } from '../../source/url.ts';
import { copyDatabase } from '../copy-database.ts';
import { writeDump } from './write-dump.ts';

const psql = '/usr/lib/postgresql/15/bin/psql';

async function open(context: Context, { user, host, port, database }: Address) {
  const opened = await openUrl(context, { url: `postgres://${user}@${host}:${port}/${database}`, allowPrimary: true });
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

test.each(fewOf([15, 18] as const, (major) => major === 18))('a dump folder of PostgreSQL %i brings everything back, with and without us', async (major) => {
  await withRichDatabase(major, (address, names) =>
    withContext((context) =>
      withFolder({}, async (folder) => {
        await using source = await open(context, address);
        const written = await writeDump(context, source, join(folder, 'dumps'));
        if (!written.ok) throw new Error(written.failure.message);
        const dump = written.value;
        expect(readdirSync(join(folder, 'dumps'))).toHaveLength(1);
        const files = [
          'SHA256SUMS',
          'database.sql',
          'large-objects.sql',
          'manifest.json',
          'post-data.sql',
          'pre-data.sql',
          'restore.sql',
          'roles.sql',
          'sequences.sql',
          'statistics.copy.zst',
        ];
        expect(readdirSync(dump.folder).sort()).toEqual([...files, 'data'].sort());
        for (const name of ['', 'data']) expect(statSync(join(dump.folder, name)).mode & 0o777).toBe(0o700);
        for (const name of [...files, ...readdirSync(join(dump.folder, 'data')).map((row) => `data/${row}`)]) {
          expect(statSync(join(dump.folder, name)).mode & 0o777, name).toBe(0o600);
        }
        expect(spawnSync('sha256sum', ['--check', '--quiet', '--strict', 'SHA256SUMS'], { cwd: dump.folder }).status).toBe(0);
        const text = files.map((name) => readFileSync(join(dump.folder, name), 'utf8')).join('');
        expect(text).not.toMatch(/foreign-secret|production-secret|secret-of-production/);

        const expected = JSON.parse(JSON.stringify(await rolesOf(address, names)).replace('production-secret', '***')) as unknown;
        const production = { content: await contentOf(address), schema: await schemaOf(address, major) };
        const check = async (target: Address) => {
          expect(await contentOf(target)).toEqual(production.content);
          expect(await schemaOf(target, major)).toEqual(production.schema);
          expect(await rolesOf(target, names)).toEqual(expected);
          expect(await databaseOf(target)).toEqual(await databaseOf(address));
        };

        await withOwnServer(major, { hba: ['host all all 127.0.0.1/32 trust'] }, async ({ tcp }) => {
          await ask(tcp, `create database ${address.database} template template0`);
          const opened = await openDump(context, { path: join(folder, 'dumps') });
          if (!opened.ok) throw new Error(opened.failure.message);
          expect(opened.value.facts).toMatchObject({ kind: 'dump', major, roles: source.facts.roles, dataAsOf: source.facts.dataAsOf });
          const target = { ...tcp, database: address.database };
          const copied = await copyDatabase(context, opened.value, target);
          if (!copied.ok) throw new Error(copied.failure.message);
          expect(copied.value.report).toMatchObject({ losses: [], rows: dump.report.rows, sourceCounts: dump.report.sourceCounts, snapshotHeldMs: 0 });
          await check(target);
        });

        // The dump is no hostage: psql alone restores it.
        if (major === 15 && existsSync(psql)) {
          await withOwnServer(major, { hba: ['host all all 127.0.0.1/32 trust'], settings: { wal_level: 'logical' } }, async ({ tcp }) => {
            const run = (database: string, file: string, stop: string) => {
              const args = ['-XqAt', '-v', `ON_ERROR_STOP=${stop}`, '-h', tcp.host, '-p', `${tcp.port}`, '-U', tcp.user, '-d', database, '-f', file];
              const done = spawnSync(psql, args, { encoding: 'utf8', cwd: dump.folder });
              expect([file, done.status, stop === '1' ? done.stderr : '']).toEqual([file, 0, '']);
            };
            run('postgres', 'roles.sql', '0');
            await ask(tcp, `create database ${address.database} template template0`);
            run(address.database, 'restore.sql', '1');
            run(address.database, 'database.sql', '1');
            await check({ ...tcp, database: address.database });
          });
        }
      }),
    ),
  );
});

test('kill -9 while a dump is written: gc removes the half, and nothing else', async () => {
  await withRichDatabase(15, ({ user, host, port, database }) =>
    withContext((context) =>
      withFolder({}, async (folder) => {
        writeFileSync(join(folder, 'notes'), 'x');
        const program = join(import.meta.dirname, '../../../test/support/dump-program.ts');
        const partial = () => readdirSync(folder).find((name) => name.endsWith('.partial'));
        await killAt({
          start: () =>
            spawn(process.execPath, [program, context.root, `postgres://${user}@${host}:${port}/${database}`, folder], {
              stdio: ['ignore', 'ignore', 'inherit'],
            }),
          isNow: () => existsSync(join(folder, partial() ?? '', 'pre-data.sql')),
          undo: () => dropDumps(context),
        });
        expect(readdirSync(join(folder, partial() ?? 'none'))).toContain('pgrehearse-resource.json');

        const { removed, failures } = await collectGarbage(context, { dryRun: false });
        expect([removed.map(({ kind }) => kind), failures]).toEqual([['dump'], []]);
        expect(readdirSync(folder)).toEqual(['notes']);
      }),
    ),
  );
});

test('a dump that fails leaves nothing that looks like one', async () => {
  await withRichDatabase(15, (address) =>
    withContext((context) =>
      withFolder({}, async (folder) => {
        await using source = await open(context, address);
        await ask(address, `select pg_terminate_backend(${source.session.backendPid})`);
        const written = await writeDump(context, source, folder);
        expect(written).toMatchObject({ ok: false, failure: { code: 'source-lost' } });
        expect(readdirSync(folder)).toEqual([]);
        expect(await openDump(context, { path: folder })).toMatchObject({ ok: false, failure: { code: 'dump-not-found' } });
      }),
    ),
  );
});
