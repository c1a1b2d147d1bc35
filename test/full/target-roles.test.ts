import { expect, test } from 'vitest';
import { useTarget } from '../external/shared-target.ts';
import { shopFiles } from '../program/shop.ts';
import { useProduction } from '../program/shop-production.ts';
import { rehearse, withStage } from '../program/stage.ts';
import { ask, withOwnServer } from '../support/own-server.ts';
import { strangersOn } from '../support/strangers-on.ts';

const production = useProduction();
const target = useTarget();
const there = { urlVariable: 'TARGET_URL' };
const env = () => ({ TARGET_URL: target.url });

const withRole = (statement: string) => ({
  'migrations/0002_note.sql': `${shopFiles['migrations/0002_note.sql']}${statement};\n`,
});

test('a role that was there and isn’t production’s is named and stays as it is', async () => {
  await ask(target.admin, 'create role shop_migrator superuser login');
  try {
    await withStage(production, { settings: { target: there } }, async (stage) => {
      const { exitCode, text } = await rehearse(stage, { env: env() });
      expect(exitCode, text).toBe(3);
      expect(text).toContain('role shop_migrator was on the target server before and is not production');
    });
    expect(await ask(target.admin, "select rolsuper, rolpassword from pg_catalog.pg_authid where rolname = 'shop_migrator'")).toEqual([
      { rolsuper: true, rolpassword: null },
    ]);
  } finally {
    await ask(target.admin, 'drop role shop_migrator');
  }
});

test('a migrator that was there logs in by the password that is told, and nothing of it is altered', async () => {
  const hba = ['host all postgres 127.0.0.1/32 trust', 'host all all 127.0.0.1/32 scram-sha-256'];
  await withOwnServer(18, { hba }, async (server) => {
    await ask(server.admin, "create role shop_migrator login password 'its own'");
    const [before] = await ask(server.admin, "select * from pg_catalog.pg_authid where rolname = 'shop_migrator'");
    const url = `postgres://postgres@127.0.0.1:${server.tcp.port}/postgres?sslmode=disable`;
    await withStage(production, { settings: { target: there } }, async (stage) => {
      const { failure } = await rehearse(stage, { env: { TARGET_URL: url } });
      expect(failure).toMatchObject({ code: 'role-not-ours', object: 'shop_migrator', cure: expect.stringContaining('target.migratorPasswordVariable') });
    });
    await withStage(production, { settings: { target: { ...there, migratorPasswordVariable: 'MIGRATOR_PASSWORD' } } }, async (stage) => {
      const { summary, text } = await rehearse(stage, { env: { TARGET_URL: url, MIGRATOR_PASSWORD: 'its own' } });
      expect(summary.verdict, text).toMatchObject({ kind: 'PASS' });
      const doctor = await stage.cli(['doctor'], {
        env: { TARGET_URL: `postgres://shop_migrator:its%20own@127.0.0.1:${server.tcp.port}/postgres`, MIGRATOR_PASSWORD: 'x' },
      });
      expect(doctor.stdout).toMatch(/✗ target .*shop_migrator is no superuser/);
    });
    expect(await ask(server.admin, "select * from pg_catalog.pg_authid where rolname = 'shop_migrator'")).toEqual([before]);
    expect(await strangersOn(server.tcp)).toEqual(['role shop_migrator']);
  });
});

test('a statement that changes the whole server is refused before anything of its file runs', async () => {
  await withStage(production, { settings: { target: there }, files: withRole('create role shop_reader') }, async (stage) => {
    const { exitCode, failure, summary } = await rehearse(stage, { env: env() });
    expect({ exitCode, failure }).toMatchObject({
      exitCode: 4,
      failure: { code: 'cluster-wide-statement', place: { file: 'migrations/0002_note.sql', line: 2 } },
    });
    expect(summary.migrations).toMatchObject([{ state: 'not-run' }]);
  });
});

test('what a block does to the whole server is found in its catalogs, put back and told', async () => {
  const files = withRole(`do $$ begin create role shop_reader; grant shop_reader to dev_user;
    alter role dev_user createdb password 'other'; alter role dev_user set search_path = a, "B c"; end $$`);
  // Only a superuser could do this at all.
  const script = `create role shop_migrator login superuser; create table public.schema_migrations (version text primary key);
    create table public.item (id bigint generated always as identity primary key, name text not null); insert into public.schema_migrations values ('0001_start');
    alter table public.item owner to shop_migrator; alter table public.schema_migrations owner to shop_migrator`;
  const before = await devUser();
  await withStage(
    production,
    { database: 'blocked', script: `drop role if exists shop_migrator; ${script}`, settings: { target: there }, files },
    async (stage) => {
      const { exitCode, failure, text } = await rehearse(stage, { env: env() });
      expect({ exitCode, code: failure?.code }, text).toEqual({ exitCode: 4, code: 'cluster-wide-change' });
      expect(failure?.message).toContain(
        'Undone: role dev_user was changed; role shop_reader was made; membership dev_user in shop_reader was made; setting dev_user was made',
      );
    },
  );
  expect(await devUser()).toEqual(before);
});

async function devUser() {
  return await ask(
    target.admin,
    "select a.*, s.setconfig from pg_catalog.pg_authid a left join pg_catalog.pg_db_role_setting s on s.setrole = a.oid where rolname = 'dev_user'",
  );
}
