import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { ask } from '../../../test/support/own-server.ts';
import { schemaOf } from '../../../test/support/rich-database.ts';
import { testContext } from '../../../test/support/test-context.ts';
import type { Address } from '../../core/server.ts';
import { openUrl } from '../../source/url.ts';
import { copyDatabase } from '../copy-database.ts';

async function copied(source: Address, target: Address) {
  const opened = await openUrl(testContext(), { url: `postgres://postgres@${source.host}:${source.port}/${source.database}`, allowPrimary: true });
  if (!opened.ok) throw new Error(opened.failure.message);
  await using live = opened.value;
  const done = await copyDatabase(testContext(), { ...live, facts: { ...live.facts, roles: [], memberships: [] } }, target);
  if (!done.ok) throw new Error(done.failure.message);
  return done.value.report;
}

test.each([15, 18] as const)('PostgreSQL %i: nothing on a copy reaches another server, by whatever way, not even while it is loaded', async (major) => {
  await withDatabase(
    major,
    'create schema ext; create extension dblink schema ext; create extension postgres_fdw; create extension file_fdw',
    async (source, run) => {
      const own = `host=127.0.0.1 port=${source.port} user=postgres dbname=${source.database}`;
      await run(`
      create table reached (at timestamptz default now());
      create server far foreign data wrapper postgres_fdw options (host '127.0.0.1', port '${source.port}', dbname '${source.database}');
      create user mapping for public server far options (user 'postgres', password_required 'false');
      create foreign table far_reached (at timestamptz) server far options (table_name 'reached');
      create server files foreign data wrapper file_fdw; create foreign table program (line text) server files options (program 'echo reached');
      create function note() returns int language sql as $$ select ext.dblink_exec('${own}', 'insert into public.reached default values') is not null; select 1 $$;
      grant execute on function ext.dblink_connect(text) to public`);
      await run('create materialized view noted as select note() as n');
      expect(await ask(source, 'select count(*)::int as reached from reached')).toEqual([{ reached: 1 }]);
      await run('truncate reached');
      expect(await ask(source, 'select line from program')).toEqual([{ line: 'reached' }]);
      const schema = await schemaOf(source, major);
      await withDatabase(major, '', async (target) => {
        const report = await copied(source, target);
        expect(report.losses.map(({ object, message }) => [object.name, message])).toEqual([
          ['public.noted', expect.stringContaining('switched_off_on_a_copy')],
        ]);
        expect(report.harmless.filter((note) => note.includes('switched off on purpose'))).toEqual([
          expect.stringMatching(/^extension dblink .*dblink_connect\(text\).*dblink_exec/),
          expect.stringMatching(/^extension file_fdw .*file_fdw_handler\(\)/),
          expect.stringMatching(/^extension postgres_fdw .*postgres_fdw_handler\(\)/),
        ]);
        const mapped = `create user mapping for public server far options (user 'postgres', password_required 'false')`;
        await ask(target, mapped);
        for (const sql of [
          `select ext.dblink_connect('${own}')`,
          `select ext.dblink_connect_u('c', '${own}')`,
          `select * from ext.dblink('${own}', 'select 1') as t(a int)`,
          `select note()`,
          'select * from far_reached',
          'insert into far_reached default values',
          'select * from program',
          'import foreign schema public from server far into ext',
        ]) {
          await expect(ask(target, sql), sql).rejects.toThrow('switched_off_on_a_copy');
        }
        await ask(target, 'drop user mapping for public server far');
        expect(await schemaOf(target, major)).toEqual(schema);
      });
      expect(await ask(source, 'select count(*)::int as reached from reached')).toEqual([{ reached: 0 }]);
    },
  );
});

test('jobs of pg_cron come over, and none of them is active', async () => {
  await withDatabase(15, '', async (source, run) => {
    const [row] = await ask(source, "select setting from pg_config where name = 'SHAREDIR'");
    const files = ['pg_cron.control', 'pg_cron--1.sql'].map((name) => join(String(row?.setting), 'extension', name));
    const [control = '', script = ''] = files;
    writeFileSync(control, "default_version = '1'\nrelocatable = false\nschema = pg_catalog\n");
    // As far as a copy sees it: the real one brings a worker besides.
    writeFileSync(
      script,
      `create schema cron; create table cron.job (jobid bigserial primary key, schedule text not null, command text not null, active boolean not null default true);
       select pg_catalog.pg_extension_config_dump('cron.job', '')`,
    );
    try {
      await run(
        `create extension pg_cron; insert into cron.job (schedule, command, active) values ('* * * * *', 'select 1', true), ('@daily', 'select 2', false), ('@daily', 'select 3', true)`,
      );
      await withDatabase(15, '', async (target) => {
        const report = await copied(source, target);
        expect(report.losses).toEqual([]);
        expect(report.harmless).toContainEqual(expect.stringMatching(/^2 scheduled jobs of pg_cron were made inactive/));
        expect(await ask(target, 'select jobid::int, active from cron.job order by 1')).toEqual([
          { jobid: 1, active: false },
          { jobid: 2, active: false },
          { jobid: 3, active: false },
        ]);
      });
    } finally {
      for (const file of files) rmSync(file, { force: true });
    }
  });
});
