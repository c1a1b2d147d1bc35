import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ask, withOwnServer } from '../../../test/support/own-server.ts';
import { contentOf, databaseOf, rolesOf, schemaOf, withRichDatabase } from '../../../test/support/rich-database.ts';
import { withFolder } from '../../../test/support/temporary-folder.ts';
import { testContext } from '../../../test/support/test-context.ts';
import type { Address } from '../../core/server.ts';
import { openDump } from '../../source/dump.ts';
import { copyDatabase } from '../copy-database.ts';
import { countRows } from '../parity/count-rows.ts';

const bin = '/usr/lib/postgresql/15/bin';

function client(program: string, address: Address, args: readonly string[]): Buffer {
  const done = spawnSync(join(bin, program), ['-h', address.host, '-p', String(address.port), '-U', address.user, ...args], { maxBuffer: 1e9 });
  if (done.status !== 0) throw new Error(`${program}: ${done.stderr}`);
  return done.stdout;
}

/** pg_dump lists a policy's roles in the order in which they were made, which a dump doesn't tell. */
function withSortedRoles(line: string): string {
  return line.replace(
    /^(CREATE POLICY .* TO )(.*)( USING )/,
    (_, head: string, roles: string, rest: string) => head + roles.split(', ').sort().join(', ') + rest,
  );
}

test.skipIf(!existsSync(bin))('dumps of pg_dump 15 in every readable form hold the same database', async () => {
  await withFolder({}, (folder) =>
    withRichDatabase(15, async (address, names) => {
      const { database } = address;
      const dumps: Record<string, string> = {};
      const make = (name: string, bytes: Buffer) => {
        dumps[name] = join(folder, name);
        writeFileSync(join(folder, name), bytes);
      };
      // As an older pg_dump writes it of a server since the minor versions of November 2026.
      const versioned = 'ALTER TABLE ONLY "app Data".event ALTER COLUMN body SET (pg_attver=22111792);\n';
      make('plain.sql', Buffer.concat([client('pg_dump', address, [database]), Buffer.from(`\n${versioned}`)]));
      make('created.sql', client('pg_dump', address, ['--create', database]));
      make('inserts.sql', client('pg_dump', address, ['--rows-per-insert=100', '--column-inserts', '--load-via-partition-root', database]));
      make('custom.dump', client('pg_dump', address, ['-Fc', database]));
      make('tar.tar', client('pg_dump', address, ['-Ft', database]));
      dumps.directory = join(folder, 'directory');
      client('pg_dump', address, ['-Fd', '-j2', '-f', dumps.directory, database]);
      make('created.sql.zst', zstdCompressSync(readFileSync(join(folder, 'created.sql'))));
      make('roles.txt', client('pg_dumpall', address, ['--roles-only', '--no-role-passwords']));
      const roles = join(folder, 'roles.txt');
      const before = { content: await contentOf(address), schema: await schemaOf(address, 15), roles: await rolesOf(address, names) };
      const rolesWithoutSecret = JSON.parse(JSON.stringify(before.roles).replace('production-secret', '***')) as unknown;

      await withOwnServer(15, { hba: ['host all all 127.0.0.1/32 trust'] }, async ({ tcp }) => {
        const context = testContext();
        for (const [name, path] of Object.entries(dumps)) {
          if (name === 'roles.txt') continue;
          const opened = await openDump(context, { path, roles });
          if (!opened.ok) throw new Error(`${name}: ${opened.failure.message}`);
          const source = opened.value;
          expect(source.facts).toMatchObject({ kind: 'dump', major: 15, serverVersion: expect.stringMatching(/^15\./) });
          expect(source.facts.extensions.map((extension) => extension.name)).toEqual(['hstore', 'postgres_fdw']);
          await ask(tcp, `drop database if exists ${database}`);
          await ask(tcp, `create database ${database} template template0`);
          const target = { ...tcp, database };
          const copied = await copyDatabase(context, source, target);
          if (!copied.ok) throw new Error(`${name}: ${copied.failure.message}`);
          expect(copied.value.report.losses, name).toEqual([]);
          expect(await contentOf(target), name).toEqual(before.content);
          expect((await schemaOf(target, 15)).map(withSortedRoles), name).toEqual(before.schema.map(withSortedRoles));
          expect(await rolesOf(target, names), name).toEqual(rolesWithoutSecret);
          const counts = copied.value.report.sourceCounts;
          const there = await countRows(context, target, { materializedViews: false });
          expect(counts, name).toEqual(there);
          if (name.startsWith('created') || ['custom.dump', 'tar.tar', 'directory'].includes(name)) {
            expect(source.facts.database, name).toBe(database);
            expect(await databaseOf(target), name).toEqual(await databaseOf(address));
          } else expect(source.facts.unknown, name).toContainEqual(expect.stringContaining('owner, grants and settings of the database'));
          expect(await ask(target, 'select rolname from pg_authid where (rolcanlogin or rolpassword is not null) and oid <> 10'), name).toEqual([]);
        }
      });
    }),
  );
});
