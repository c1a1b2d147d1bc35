import { expect, test } from 'vitest';
import { useTarget } from '../external/shared-target.ts';
import { shopFiles } from '../program/shop.ts';
import { useProduction } from '../program/shop-production.ts';
import { rehearse, withStage } from '../program/stage.ts';
import { ask } from '../support/own-server.ts';

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
