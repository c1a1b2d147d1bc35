import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shopProduction } from '../program/shop.ts';
import { rehearse, withStage } from '../program/stage.ts';
import { DebianServer } from '../support/debian-server.ts';
import { ask } from '../support/own-server.ts';
import { strangersOn } from '../support/strangers-on.ts';

let production: DebianServer;
let target: DebianServer;
beforeAll(async () => {
  [production, target] = await Promise.all([DebianServer.start(), DebianServer.start()]);
});
afterAll(async () => {
  await Promise.all([production?.[Symbol.asyncDispose](), target?.[Symbol.asyncDispose]()]);
});

const script = `
do $$ begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'map_migrator') then create role map_migrator login superuser; end if;
  execute format('alter database %I owner to map_migrator', current_database());
end $$;
alter database map set timezone = 'Europe/Berlin';
create extension postgis;
set role map_migrator;
create table public.schema_migrations (version text primary key);
insert into public.schema_migrations values ('0001_start');
create table public.place (id bigint generated always as identity primary key, name text not null, at geometry(point, 4326) not null);
create index place_at on public.place using gist (at);
insert into public.place (name, at) select 'place ' || n, st_setsrid(st_makepoint(n % 180, n % 90), 4326) from generate_series(1, 2000) as n;
reset role;
-- The extension's configuration table: rows of one's own are part of the data.
insert into public.spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text) values (990001, 'ours', 1, 'LOCAL_CS["yard"]', '+proj=longlat');`;

const start = `create table public.schema_migrations (version text primary key);
create table public.place (id bigint generated always as identity primary key, name text not null, at geometry(point, 4326) not null);
create index place_at on public.place using gist (at);
`;
const change = `alter table public.place add column around geometry(polygon, 4326);
update public.place set around = st_buffer(at, 0.1, 1)::geometry(polygon, 4326);
alter table public.place alter column around set not null;
create index concurrently place_around on public.place using gist (around);
`;
const files = {
  'migrations/0001_start.sql': start,
  'migrations/0002_note.sql': change,
  'schema/extensions.sql': 'create extension if not exists postgis;\n',
};

const settings = {
  migrate: { role: 'map_migrator' },
  baseline: { mode: 'init-then-migrations', schema: ['schema/extensions.sql'] },
  data: {
    bounds: [{ table: 'public.place', updated: 2000, rows: 2000 }],
    invariants: [
      {
        name: 'own-reference-system',
        sql: 'select srid from public.spatial_ref_sys where srid = 990001',
        expect: { rows: 1 },
        breakWith: 'delete from public.spatial_ref_sys where srid = 990001',
      },
      {
        name: 'database-setting',
        sql: "select current_setting('TimeZone')",
        expect: { value: 'Europe/Berlin' },
        breakWith: "set local timezone = 'UTC'",
      },
    ],
  },
};

test('a database with PostGIS is rehearsed on an existing server, and nothing of ours stays there', async () => {
  await withStage(
    { admin: production.admin, url: (name) => production.url(name) },
    { database: 'map', script, files, settings: { ...settings, target: { urlVariable: 'TARGET_URL' } } },
    async (stage) => {
      const { exitCode, summary, text } = await rehearse(stage, { env: { TARGET_URL: target.url() } });
      expect(summary.failures, text).toEqual([]);
      expect(summary.findings.filter(({ severity }) => severity === 'blocker' || severity === 'doubt')).toEqual([]);
      expect({ exitCode, verdict: summary.verdict?.kind }).toEqual({ exitCode: 0, verdict: 'PASS' });
      expect(text).toContain(`127.0.0.1:${target.admin.port}`);
      expect(text).toContain('again on a new clone');
    },
  );
  expect(await strangersOn(target.admin)).toEqual([]);
});

test('without a target, the installed server that has PostGIS is found and used', async () => {
  await withStage(production, { database: 'map', script, files, settings }, async (stage) => {
    const { summary, text } = await rehearse(stage);
    expect(summary.verdict, text).toMatchObject({ kind: 'PASS' });
    expect(text).toContain('(/usr/lib/postgresql/15)');
  });
});

test('a source that is a replica never has its own primary as target', async () => {
  await using replica = await DebianServer.start(target);
  const settings = { target: { urlVariable: 'TARGET_URL' } };
  await withStage(target, { settings, script: shopProduction }, async (stage) => {
    const replicated = async () => (await ask(replica.admin, "select 1 from pg_catalog.pg_database where datname = 'shop'")).length === 1;
    while (!(await replicated())) await sleep(20);
    const { exitCode, failure } = await rehearse(stage, { env: { PRODUCTION_URL: replica.url('shop'), TARGET_URL: target.url() } });
    expect({ exitCode, failure }).toMatchObject({ exitCode: 4, failure: { code: 'target-is-source', message: expect.stringContaining('system identifier') } });
  });
  await ask(target.admin, 'drop role shop_migrator');
});
