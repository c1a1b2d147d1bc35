import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { withDatabase } from '../../test/support/databases.ts';
import { withFolder } from '../../test/support/temporary-folder.ts';
import { testContext } from '../../test/support/test-context.ts';
import type { Address } from '../core/server.ts';
import { openDump } from './dump.ts';

const head =
  "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)\n-- Dumped by pg_dump version 15.18\n\nSET client_encoding = 'UTF8';\n";
const tail = '\n--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict abc\n';
const rows = 'CREATE TABLE public.t (a text);\n\nCOPY public.t (a) FROM stdin;\none\n\\!not-a-command\n\\.\n';

const native = '/usr/lib/postgresql/15/bin';
function pgDump(address: Address, ...args: string[]): Buffer {
  return spawnSync(join(native, 'pg_dump'), ['-h', address.host, '-p', String(address.port), '-U', address.user, ...args, address.database]).stdout;
}

/** Script, expected code, text of the message, line. */
const refusals: Record<string, readonly [string, string, RegExp, number?]> = {
  'a shell command': [`${head}\\! rm -rf /\n${tail}`, 'dump-refused', /psql command \\!/, 9],
  'a file read by psql': [`${head}\\i other.sql\n${tail}`, 'dump-refused', /psql command \\i,/, 9],
  'rows read by psql': [`${head}\\copy t from program 'id'\n${tail}`, 'dump-refused', /psql command \\copy/, 9],
  'a program on the server': [`${head}copy t from program 'id';\n${tail}`, 'dump-refused', /program/, 9],
  'a file on the server': [`${head}copy t from '/etc/passwd';\n${tail}`, 'dump-refused', /COPY without rows/, 9],
  'the server’s configuration': [`${head}alter system set fsync = off;\n${tail}`, 'dump-refused', /ALTER SYSTEM/, 9],
  'several databases': [`${head}\\connect template1\nselect 1;\n\\connect app\nselect 1;\n${tail}`, 'dump-refused', /several databases: template1, app/],
  'roles only': [
    '-- PostgreSQL database cluster dump\nCREATE ROLE x;\n-- PostgreSQL database cluster dump complete\n',
    'dump-refused',
    /roles but no database/,
  ],
  'no last line': [`${head}${rows}`, 'dump-damaged', /cut off/],
  'no end of rows': [`${head}CREATE TABLE public.t (a text);\nCOPY public.t (a) FROM stdin;\none\ntw`, 'dump-damaged', /rows of a table/, 10],
  'an open body': [`${head}CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ select\n`, 'dump-damaged', /inside of a dollar-string/],
  'bytes of another encoding': [`${head}select '\u00ff';\n${tail}`, 'dump-damaged', /no utf-8 text/, 9],
  'an encoding that hides quotes': [`${head.replace('UTF8', 'SJIS')}${tail}`, 'dump-refused', /SJIS/],
  nothing: ['', 'dump-damaged', /is empty/],
  'a picture': ['\u0089PNG\r\n\u001a\n\u0000\u0000', 'dump-refused', /neither SQL/],
};

test.each(Object.entries(refusals))('a dump with %s is not taken', async (name, [text, code, message, line]) => {
  await withFolder({}, async (folder) => {
    const path = join(folder, 'app.sql');
    writeFileSync(path, Buffer.from(text, /bytes|picture/.test(name) ? 'latin1' : 'utf8'));
    const opened = await openDump(testContext(), { path });
    expect(opened).toMatchObject({ ok: false, failure: { code, message: expect.stringMatching(message) } });
    if (line !== undefined && !opened.ok) expect(opened.failure.place).toEqual({ file: path, line });
  });
});

test('what a plain dump tells and what it can’t', async () => {
  const statements = `
    \\restrict abc
    CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA public;
    ALTER TABLE public.t OWNER TO "Owner One";
    GRANT SELECT,INSERT ON TABLE public.t TO reader, PUBLIC;
    REVOKE ALL ON SCHEMA public FROM gone;
    CREATE POLICY p ON public.t FOR SELECT TO tenant, CURRENT_USER USING ((a = 'TO nobody'::text));
    ALTER DEFAULT PRIVILEGES FOR ROLE maker IN SCHEMA public GRANT SELECT ON TABLES TO taker;
    SET SESSION AUTHORIZATION 'o''brien';
    ALTER TABLE ONLY public.t ALTER COLUMN a SET COMPRESSION lz4;
    CREATE FUNCTION public.f() RETURNS text LANGUAGE plpython3u AS $$ return 'ALTER TABLE x OWNER TO nobody' $$;`.replaceAll(/^ {4}/gm, '');
  await withFolder({ 'app.sql': `${head}${statements}\n${rows}${tail}` }, async (folder) => {
    const path = join(folder, 'app.sql');
    utimesSync(path, new Date('2026-03-04T05:06:07Z'), new Date('2026-03-04T05:06:07Z'));
    const opened = await openDump(testContext(), { path });
    if (!opened.ok) throw new Error(opened.failure.message);
    const { facts } = opened.value;
    expect(facts).toMatchObject({
      database: 'app',
      major: 15,
      serverVersion: '15.18',
      dataAsOf: '2026-03-04T05:06:07.000Z',
      features: ['lz4'],
      databaseOwner: '',
    });
    expect(facts.locale).toEqual({ encoding: 'UTF8', collate: 'C', ctype: 'C', provider: 'libc' });
    expect(facts.roles.map((role) => role.name)).toEqual(['Owner One', 'gone', 'maker', "o'brien", 'reader', 'taker', 'tenant']);
    expect(facts.extensions).toEqual([{ name: 'uuid-ossp', version: '', schema: 'public' }]);
    expect(facts.languages).toEqual(['plpgsql', 'plpython3u']);
    expect(facts.unknown.join('\n')).toMatch(
      /instant of the data[\s\S]*locale[\s\S]*name of the database[\s\S]*owner, grants[\s\S]*attributes and memberships of roles Owner One, gone/,
    );
  });
});

test('roles come from a roles file, as pg_dumpall of 15 and of 16 and later writes them', async () => {
  const roles = `--
-- PostgreSQL database cluster dump
--
\\restrict x
SET default_transaction_read_only = off;
CREATE ROLE app;
ALTER ROLE app WITH NOSUPERUSER NOINHERIT NOCREATEROLE NOCREATEDB LOGIN NOREPLICATION BYPASSRLS CONNECTION LIMIT 5 PASSWORD 'SCRAM-SHA-256$hidden' VALID UNTIL '2030-01-01 00:00:00+00';
COMMENT ON ROLE app IS 'it''s';
CREATE ROLE reader;
ALTER ROLE reader WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB NOLOGIN NOREPLICATION NOBYPASSRLS;
ALTER ROLE app SET search_path TO 'one', 'Two', '$user';
ALTER ROLE app IN DATABASE shop SET work_mem TO '5MB';
ALTER ROLE app SET app.api_token TO 'hidden';
GRANT reader TO app WITH ADMIN OPTION, INHERIT FALSE, SET TRUE GRANTED BY postgres;
GRANT pg_monitor TO reader GRANTED BY app;
--
-- PostgreSQL database cluster dump complete
--
`;
  await withFolder({ 'shop.sql': `${head}ALTER TABLE public.t OWNER TO ghost;\n${rows}${tail}`, roles }, async (folder) => {
    const opened = await openDump(testContext(), { path: join(folder, 'shop.sql'), roles: join(folder, 'roles') });
    if (!opened.ok) throw new Error(opened.failure.message);
    const { facts } = opened.value;
    expect(facts.roles.find((role) => role.name === 'app')).toEqual({
      name: 'app',
      superuser: false,
      inherit: false,
      createRole: false,
      createDb: false,
      canLogin: true,
      replication: false,
      bypassRls: true,
      connectionLimit: 5,
      validUntil: '2030-01-01 00:00:00+00',
      comment: "it's",
      settings: { '': ['search_path=one, "Two", "$user"', 'app.api_token=***'], shop: ['work_mem=5MB'] },
    });
    expect(facts.memberships).toEqual([
      { role: 'reader', member: 'app', grantor: 'postgres', admin: true, inherit: false, set: true },
      { role: 'pg_monitor', member: 'reader', grantor: 'app', admin: false, inherit: null, set: null },
    ]);
    expect(JSON.stringify(facts)).not.toContain('hidden');
    expect(facts.unknown.join('\n')).toMatch(/role ghost: not in source\.roles[\s\S]*app\.api_token of role app/);

    writeFileSync(join(folder, 'roles'), roles.slice(0, 400));
    expect(await openDump(testContext(), { path: join(folder, 'shop.sql'), roles: join(folder, 'roles') })).toMatchObject({
      ok: false,
      failure: { code: 'dump-damaged' },
    });
    expect(await openDump(testContext(), { path: join(folder, 'shop.sql'), roles: join(folder, 'none') })).toMatchObject({
      ok: false,
      failure: { code: 'dump-not-found' },
    });
  });
});

test('a folder means its newest dump; other files don’t count', async () => {
  await withFolder(
    { 'old.sql': `${head}${rows}${tail}`, 'new.sql': `${head}${rows}${tail}`, 'notes.txt': 'x', '.half.partial/dump.sql': 'x' },
    async (folder) => {
      utimesSync(join(folder, 'old.sql'), 1e9, 1e9);
      const opened = await openDump(testContext(), { path: folder });
      expect(opened).toMatchObject({ ok: true, value: { facts: { label: 'dump new.sql' } } });
    },
  );
  await withFolder({ 'notes.txt': 'x' }, async (folder) => {
    expect(await openDump(testContext(), { path: folder })).toMatchObject({ ok: false, failure: { code: 'dump-not-found' } });
    expect(await openDump(testContext(), { path: join(folder, 'none.sql') })).toMatchObject({ ok: false, failure: { code: 'dump-not-found' } });
  });
});

test.skipIf(!existsSync(native))('archives in every format: whole, cut off anywhere, newer than every pg_restore', async () => {
  await withDatabase(15, 'create table t as select g, md5(g::text) from generate_series(1, 5000) g; create index on t (g)', async (address) => {
    await withFolder({}, async (folder) => {
      const path = join(folder, 'app.dump');
      const archive = pgDump(address, '-Fc');
      const attempt = async (bytes: Buffer) => {
        writeFileSync(path, bytes);
        return await openDump(testContext(), { path });
      };
      expect(await attempt(archive)).toMatchObject({ ok: true, value: { facts: { database: address.database, major: 15, locale: { collate: 'C' } } } });
      for (const share of [0.05, 0.3, 0.6, 0.999]) {
        const cut = archive.subarray(0, Math.floor(archive.length * share));
        expect(await attempt(cut), `${share}`).toMatchObject({ ok: false, failure: { code: 'dump-damaged' } });
      }
      expect(await attempt(archive.subarray(0, 9))).toMatchObject({ ok: false, failure: { code: 'dump-damaged' } });
      const newer = Buffer.from(archive);
      newer[6] = 99;
      expect(await attempt(newer)).toMatchObject({ ok: false, failure: { code: 'pg-restore-missing' } });
      const tar = pgDump(address, '-Ft');
      expect(await attempt(tar)).toMatchObject({ ok: true, value: { facts: { database: address.database, major: 15 } } });
      for (const share of [0.01, 0.05, 0.3, 0.9]) {
        expect(await attempt(tar.subarray(0, Math.floor(tar.length * share))), `tar ${share}`).toMatchObject({ ok: false, failure: { code: 'dump-damaged' } });
      }
      expect(await attempt(gzipSync(archive))).toMatchObject({
        ok: false,
        failure: { code: 'dump-refused', message: expect.stringContaining('an archive of pg_dump inside of a packed file') },
      });

      for (const packed of ['-Z6', '-Z0']) {
        const directory = join(folder, `directory${packed}`);
        pgDump(address, '-Fd', packed, '-f', directory);
        expect(await openDump(testContext(), { path: directory })).toMatchObject({ ok: true, value: { facts: { database: address.database, major: 15 } } });
        const name = readdirSync(directory).find((file) => /^\d/.test(file)) ?? '';
        const whole = readFileSync(join(directory, name));
        for (const share of [0, 0.01, 0.5, 0.999]) {
          writeFileSync(join(directory, name), whole.subarray(0, Math.floor(whole.length * share)));
          expect(await openDump(testContext(), { path: directory }), `${packed} ${share}`).toMatchObject({ ok: false, failure: { code: 'dump-damaged' } });
        }
        writeFileSync(join(directory, name), 'something else');
        expect(await openDump(testContext(), { path: directory })).toMatchObject({ ok: false, failure: { code: 'dump-damaged' } });
        rmSync(join(directory, name));
        expect(await openDump(testContext(), { path: directory })).toMatchObject({ ok: false, failure: { code: 'dump-damaged' } });
        writeFileSync(join(directory, name), whole);
        truncateSync(join(directory, 'toc.dat'), 300);
        expect(await openDump(testContext(), { path: directory })).toMatchObject({ ok: false, failure: { code: 'dump-damaged' } });
      }

      const plain = pgDump(address);
      const packed = gzipSync(plain);
      const gz = join(folder, 'app.sql.gz');
      writeFileSync(gz, packed.subarray(0, packed.length - 100));
      expect(await openDump(testContext(), { path: gz })).toMatchObject({
        ok: false,
        failure: { code: 'dump-damaged', message: expect.stringContaining('unpacked') },
      });
      for (const share of [0.1, 0.5, 0.99]) {
        writeFileSync(path, plain.subarray(0, Math.floor(plain.length * share)));
        expect(await openDump(testContext(), { path }), `plain ${share}`).toMatchObject({ ok: false, failure: { code: 'dump-damaged' } });
      }
      expect(readFileSync(path).length).toBeGreaterThan(0);
    });
  });
});
