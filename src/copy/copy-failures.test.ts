import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { testServer, withDatabase } from '../../test/support/databases.ts';
import { ask, withOwnServer } from '../../test/support/own-server.ts';
import { withFolder } from '../../test/support/temporary-folder.ts';
import { testContext } from '../../test/support/test-context.ts';
import type { LiveSource } from '../core/open-source.ts';
import type { Context } from '../core/ports.ts';
import type { Address } from '../core/server.ts';
import { openDump } from '../source/dump.ts';
import { openUrl } from '../source/url.ts';
import { copyDatabase } from './copy-database.ts';
import { countRows } from './parity/count-rows.ts';

const hba = ['host all all 127.0.0.1/32 trust'];
const head = "--\n-- PostgreSQL database dump\n--\n-- Dumped from database version 15.18\nSET client_encoding = 'UTF8';\n";
const tail = '\n--\n-- PostgreSQL database dump complete\n--\n';

async function open(context: Context, address: Address, user = address.user): Promise<LiveSource> {
  const opened = await openUrl(context, { url: `postgres://${user}@${address.host}:${address.port}/${address.database}`, allowPrimary: true });
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

async function copyScriptInto(tcp: Address, statements: string) {
  return await withFolder({ 'app.sql': head + statements + tail }, async (folder) => {
    const opened = await openDump(testContext(), { path: join(folder, 'app.sql') });
    if (!opened.ok) throw new Error(opened.failure.message);
    await ask(tcp, 'drop database if exists copy with (force)');
    await ask(tcp, 'create database copy template template0');
    return await copyDatabase(testContext(), opened.value, { ...tcp, database: 'copy' });
  });
}

test('a dump’s errors: harmless, loss or fatal, by statement and object', async () => {
  await withOwnServer(15, { hba }, async ({ tcp }) => {
    const harmless = await copyScriptInto(
      tcp,
      `SET transaction_timeout = 0;
       SET default_tablespace = 'fast_disk';
       CREATE SCHEMA public;
       CREATE EXTENSION IF NOT EXISTS hstore WITH SCHEMA public;
       DROP TABLE IF EXISTS public.gone;
       DROP INDEX public.never_there;
       SELECT pg_catalog.pg_restore_relation_stats('version', 180000);
       CREATE TABLE public.t (a int);`,
    );
    expect(harmless).toMatchObject({ ok: true, value: { report: { losses: [] } } });
    if (harmless.ok) expect(harmless.value.report.harmless).toHaveLength(5);

    const lossy = await copyScriptInto(
      tcp,
      `CREATE TABLE public.t (a int);
       CREATE POLICY p ON public.t USING (no_such_function());
       GRANT SELECT ON TABLE public.t TO pg_no_such_role;
       ALTER TABLE public.t OWNER TO pg_no_such_role;
       CREATE MATERIALIZED VIEW public.m AS SELECT 1 / a AS x FROM public.t WITH NO DATA;
       COPY public.t (a) FROM stdin;
0
\\.
       REFRESH MATERIALIZED VIEW public.m;
       CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION public.missing();
       CREATE PUBLICATION pub FOR TABLE public.missing;
       SECURITY LABEL FOR nobody ON TABLE public.t IS 'x';`,
    );
    if (!lossy.ok) throw new Error(lossy.failure.message);
    expect(lossy.value.report.losses.map((loss) => `${loss.object.kind} ${loss.object.name} ${loss.sqlstate}`)).toEqual([
      'policy p on public.t 42883',
      'grant public.t 42704',
      'owner public.t 42704',
      'publication pub 42P01',
      'table public.t 22023',
      'materialized view public.m 22012',
      'event trigger e 42883',
    ]);
    expect(lossy.value.report.sourceCounts).toEqual([{ schema: 'public', table: 't', rows: 1 }]);

    const fatal: Record<string, readonly [string, string]> = {
      'CREATE TABLE public.t (a no_such_type);': ['table', '42704'],
      'CREATE TABLE public.t (a int); CREATE INDEX i ON public.t (b);': ['index', '42703'],
      'CREATE TABLE public.t (a int); ALTER TABLE ONLY public.t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES public.u(a);': ['table', '42P01'],
      'CREATE FUNCTION public.f() RETURNS int LANGUAGE sql BEGIN ATOMIC select x; END;': ['function', '42703'],
      'CREATE TYPE public.e AS ENUM (1);': ['type', '42601'],
      'CREATE TABLE public.t (a int);\nCOPY public.t (a) FROM stdin;\nx\n\\.\n': ['rows of', '22P02'],
      'CREATE TABLE public.t (a int);\nCOPY public.t (a) FROM stdin;\n1\n1\n\\.\nALTER TABLE ONLY public.t ADD CONSTRAINT k PRIMARY KEY (a);': [
        'table',
        '23505',
      ],
      "SELECT pg_catalog.setval('public.s', 1, true);": ['setval', '42P01'],
    };
    for (const [statements, [object, sqlstate]] of Object.entries(fatal)) {
      const failed = await copyScriptInto(tcp, statements);
      expect(failed, statements).toMatchObject({ ok: false, failure: { code: 'restore-failed', message: expect.stringContaining(object), sql: { sqlstate } } });
    }
  });
});

test('a script written by hand means what it says: triggers fire, foreign keys hold, roles lose only LOGIN', async () => {
  await withOwnServer(15, { hba }, async ({ tcp }) => {
    const setUp = `create role app login password 'x' bypassrls; create role team; grant team to app;
      create table public.t (a int primary key); create table public.log (a int);
      create function public.note() returns trigger language plpgsql as $$ begin insert into public.log values (new.a); return new; end $$;
      create trigger noted after insert on public.t for each row execute function public.note();
      create table public.u (a int references public.t);
      insert into public.t values (1), (2);`;
    expect(await copyScriptInto(tcp, setUp)).toMatchObject({ ok: true, value: { report: { losses: [] } } });
    expect(await ask({ ...tcp, database: 'copy' }, 'select a from log order by a')).toEqual([{ a: 1 }, { a: 2 }]);
    expect(
      await ask(tcp, "select rolcanlogin, rolpassword, rolbypassrls, pg_has_role('app', 'team', 'member') as member from pg_authid where rolname = 'app'"),
    ).toEqual([{ rolcanlogin: false, rolpassword: null, rolbypassrls: true, member: true }]);
    expect(await copyScriptInto(tcp, `${setUp} insert into public.u values (3);`)).toMatchObject({
      ok: false,
      failure: { code: 'restore-failed', sql: { sqlstate: '23503' } },
    });
  });
});

test('a source that vanishes in the middle, a role that sees too little, a lock, an interrupt: none gives a copy', async () => {
  const reader = `reader_${randomBytes(4).toString('hex')}`;
  await withDatabase(
    15,
    `create table big as select g, repeat(md5(g::text), 20) as t from generate_series(1, 60000) g;
     create table small (a int); insert into small values (1), (2); create role ${reader} login; grant pg_read_all_data to ${reader}`,
    async (address, run) => {
      await withOwnServer(15, { hba }, async ({ tcp }) => {
        const target = { ...tcp, database: 'copy' };
        const anew = async () => {
          await ask(tcp, 'drop database if exists copy with (force)');
          await ask(tcp, 'create database copy template template0');
        };
        await anew();
        const killing = testContext();
        let killed = false;
        const emit: Context['emit'] = (event) => {
          if (killed || event.type !== 'progress' || event.done === 0) return;
          killed = true;
          void run("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pgrehearse copy' and datname = current_database()");
        };
        {
          await using source = await open(killing, address);
          const lost = await copyDatabase({ ...killing, emit }, source, target);
          expect(killed).toBe(true);
          expect(lost).toMatchObject({ ok: false, failure: { code: 'source-lost' } });
        }
        await anew();
        {
          // The copy's own server going away is another matter.
          const context = testContext();
          let ended = false;
          const end: Context['emit'] = (event) => {
            if (ended || event.type !== 'progress' || event.done === 0) return;
            ended = true;
            void ask(tcp, "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'copy'");
          };
          await using source = await open(context, address);
          expect(await copyDatabase({ ...context, emit: end }, source, target)).toMatchObject({ ok: false, failure: { code: 'server-lost' } });
        }
        await anew();
        {
          const stop = new AbortController();
          const context = testContext(stop.signal);
          await using source = await open(context, address);
          const interrupt: Context['emit'] = (event) => {
            if (event.type === 'progress' && event.done > 0) stop.abort();
          };
          expect(await copyDatabase({ ...context, emit: interrupt }, source, target)).toMatchObject({ ok: false, failure: { code: 'interrupted' } });
        }
        await anew();
        await run('alter table small enable row level security; create policy half on small using (a = 1)');
        {
          await using source = await open(testContext(), address, reader);
          const hidden = await copyDatabase(testContext(), source, target);
          expect(hidden).toMatchObject({ ok: false, failure: { code: 'privileges-missing', cure: expect.stringContaining('BYPASSRLS') } });
        }
        expect(await ask(address, "select 1 from pg_stat_activity where datname = current_database() and application_name like 'pgrehearse%'")).toEqual([]);
      });
      await run(`drop owned by ${reader}; drop role ${reader}`);
    },
  );
});

test('extensions: rows of configuration tables come along, one that is missing is named before anything is made', async () => {
  const name = `shop_${randomBytes(4).toString('hex')}`;
  const [row] = await ask(testServer(15), "select setting from pg_config where name = 'SHAREDIR'");
  const folder = join(String(row?.setting), 'extension');
  writeFileSync(join(folder, `${name}.control`), "default_version = '1'\nrelocatable = false\nschema = public\n");
  writeFileSync(
    join(folder, `${name}--1.sql`),
    `create table rate (code text, own boolean); insert into rate values ('built-in', false); create table fixed (a int); insert into fixed values (1);
     create sequence counter; select pg_catalog.pg_extension_config_dump('rate', 'where own'); select pg_catalog.pg_extension_config_dump('counter', '');`,
  );
  await withDatabase(15, `create extension ${name}; insert into rate values ('ours', true); select nextval('counter'), nextval('counter')`, async (address) => {
    const context = testContext();
    await withDatabase(15, '', async (target, run) => {
      await using source = await open(context, address);
      const copied = await copyDatabase(context, { ...source, facts: { ...source.facts, roles: [], memberships: [] } }, target);
      expect(copied).toMatchObject({ ok: true, value: { report: { losses: [], sourceCounts: [], rows: 1 } } });
      expect(await countRows(context, target)).toEqual([]);
      expect((await run('select code from rate order by 1')).rows).toEqual([{ code: 'built-in' }, { code: 'ours' }]);
      expect((await run('select a from fixed')).rows).toEqual([{ a: 1 }]);
      expect((await run('select last_value::int as at, is_called from counter')).rows).toEqual([{ at: 2, is_called: true }]);
    });
    await withDatabase(18, '', async (target, run) => {
      await using source = await open(context, address);
      const failed = await copyDatabase(context, { ...source, facts: { ...source.facts, roles: [], memberships: [] } }, target);
      expect(failed).toMatchObject({ ok: false, failure: { code: 'missing-extension', object: name } });
      expect((await run("select 1 from pg_class where relnamespace = 'public'::regnamespace")).rows).toEqual([]);
    });
  });
  expect(dirname(folder)).toBe(row?.setting);
});
