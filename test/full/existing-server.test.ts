import { expect, test } from 'vitest';
import { mapFiles, mapProduction, mapSettings } from '../external/map-project.ts';
import { oncePrinted } from '../external/once-printed.ts';
import { useTarget } from '../external/shared-target.ts';
import { shopFiles } from '../program/shop.ts';
import { useProduction } from '../program/shop-production.ts';
import { ledgerLines, rehearse, withStage } from '../program/stage.ts';
import { DebianServer } from '../support/debian-server.ts';
import { withOwnServer } from '../support/own-server.ts';
import { strangersOn } from '../support/strangers-on.ts';

const production = useProduction();
const target = useTarget();
const there = { urlVariable: 'TARGET_URL' };
const settings = { target: there };
const withRole = (statement: string) => ({
  'migrations/0002_note.sql': `${shopFiles['migrations/0002_note.sql']}${statement};\n`,
});
const env = () => ({ TARGET_URL: target.url });

test('a dump that was written by hand brings its roles, and takes those along that its blocks make', async () => {
  const dump = `create role shop_migrator superuser;
    do $$ begin if not exists (select from pg_roles where rolname = 'shop_reader') then create role shop_reader; end if; end $$;
    set role shop_migrator;
    ${shopFiles['migrations/0001_start.sql']} insert into public.schema_migrations values ('0001_start');`;
  const settings = { source: { dump: 'production.sql' }, target: { ...there, clusterWide: 'undo' } };
  await withStage(production, { settings, files: { 'production.sql': dump } }, async (stage) => {
    const { summary, text } = await rehearse(stage, { env: env() });
    expect(summary.failures, text).toEqual([]);
    expect(text).toContain('role shop_reader was made: undone');
    expect(
      summary.phases.find(({ phase }) => phase === 'schema-gate'),
      text,
    ).toMatchObject({ outcome: 'passed' });
  });
});

test('a server that goes away in the middle ends the run, and its lines stay until gc reaches it', async () => {
  await withOwnServer(18, { hba: ['host all all 127.0.0.1/32 trust'] }, async (server) => {
    const { host, port } = server.tcp;
    const url = `postgres://postgres@${host}:${port}/postgres?sslmode=disable`;
    await withStage(production, { settings }, async ({ cli, home }) => {
      const ended = await cli(['run'], { env: { TARGET_URL: url }, during: oncePrinted('provision', () => server.kill('SIGQUIT')) });
      expect(ended.exitCode, ended.stdout).toBe(5);
      expect(ledgerLines(home).length).toBeGreaterThan(1);
      const swept = await cli(['gc'], { env: { TARGET_URL: url } });
      expect({ exitCode: swept.exitCode, text: swept.stderr }).toMatchObject({ exitCode: 5, text: expect.stringContaining('can’t be reached') });
      // Another server at the same address proves nothing: only the one on which they were made may be swept.
      const other = await cli(['gc'], { env: { TARGET_URL: target.url } });
      expect({ exitCode: other.exitCode, text: other.stderr }).toMatchObject({ exitCode: 5, text: expect.stringContaining('is another one than that') });
      await server.restart();
      expect((await cli(['gc'], { env: { TARGET_URL: url } })).exitCode).toBe(0);
      expect(await strangersOn(server.tcp)).toEqual([]);
    });
  });
});

test('without a target, the installed server that has PostGIS is found and used', async () => {
  await using debian = await DebianServer.start();
  await withStage(debian, { database: 'map', script: mapProduction, files: mapFiles, settings: mapSettings }, async (stage) => {
    const { summary, text } = await rehearse(stage);
    expect(summary.verdict, text).toMatchObject({ kind: 'PASS' });
    expect(text).toContain('(/usr/lib/postgresql/15)');
  });
});

test('where it is configured, statements about roles of ours run, and are undone afterwards', async () => {
  const files = {
    ...withRole('create role shop_reader; grant shop_reader to shop_migrator; grant select on public.item to shop_reader'),
    'schema/head.sql': `${shopFiles['schema/head.sql']}grant select on public.item to shop_reader;\n`,
  };
  const script = `do $$ begin if not exists (select from pg_roles where rolname = 'role_maker') then create role role_maker login createrole; end if; end $$;
    do $$ begin if not exists (select from pg_roles where rolname = 'shop_migrator') then create role shop_migrator; end if; end $$;
    create table public.schema_migrations (version text primary key); insert into public.schema_migrations values ('0001_start');
    create table public.item (id bigint generated always as identity primary key, name text not null);
    alter table public.item owner to role_maker; alter table public.schema_migrations owner to role_maker;
    do $$ begin execute format('alter database %I owner to role_maker', current_database()); end $$`;
  const settings = { target: { ...there, clusterWide: 'undo' }, migrate: { role: 'role_maker' } };
  await withStage(production, { database: 'maker', script, settings, files }, async (stage) => {
    const { summary, text } = await rehearse(stage, { env: env() });
    expect(summary.verdict, text).toMatchObject({ kind: 'PASS' });
    expect(text).toContain('role shop_reader was made: undone');
  });
});
