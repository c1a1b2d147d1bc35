import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { shopFiles, shopProduction, shopSettings } from '../program/shop.ts';
import { makeHome } from '../scenarios/run-scenario.ts';
import { ask, withOwnServer } from '../support/own-server.ts';
import { runCli } from '../support/run-cli.ts';
import { withFolder } from '../support/temporary-folder.ts';

const rename = 'alter table public.item rename column name to title;\nalter table public.item alter column title type varchar(80);\n';
const files = {
  ...shopFiles,
  'migrations/0003_title.sql': rename,
  'schema/head.sql': `${shopFiles['schema/head.sql']}${rename}`,
};

test.each([15, 18] as const)('production’s own queries, as its pg_stat_statements has them, on %i', async (major) => {
  const options = { hba: ['host all all 127.0.0.1/32 trust'], settings: { shared_preload_libraries: 'pg_stat_statements' } };
  await withOwnServer(major, options, async ({ admin, tcp }) => {
    await ask(admin, 'create database shop');
    const shop = { ...admin, database: 'shop' };
    await ask(shop, shopProduction);
    await ask(shop, 'create extension pg_stat_statements; create role shop_app login; grant select, insert on public.item to shop_app');
    const app = { ...shop, host: tcp.host, user: 'shop_app' };
    for (const query of [
      "select id, name from item where id in (7, 8) and name > 'a' limit 3",
      'select name from item where id = 9',
      'select id from item',
      'begin; commit',
    ]) {
      await ask(app, query);
    }
    const settings = shopSettings({ data: { parity: 'content', contentChanges: [{ table: 'public.item', reason: 'the column gets its better name' }] } });
    using home = makeHome();
    await withFolder({ ...files, 'pgrehearse.config.json': JSON.stringify(settings) }, async (folder) => {
      const run = async (user: string) => {
        const env = { PRODUCTION_URL: `postgres://${user}@127.0.0.1:${admin.port}/shop?sslmode=disable`, PGREHEARSE_HOME: home.folder };
        const { stdout, exitCode } = await runCli(['run', '--json'], { cwd: folder, env });
        if (!stdout.startsWith('{"')) throw new Error(stdout);
        const events = stdout
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as Event);
        return { exitCode, events, report: events.find((event) => event.type === 'queries')?.report };
      };
      await run('postgres');
      const { exitCode, events, report } = await run('postgres');
      expect(exitCode).toBe(1);
      // What the run before asked production is no query of the application; what a superuser did once only informs.
      expect(report).toMatchObject({
        direction: 'old-on-new',
        from: ['pg_stat_statements of the source'],
        counts: { broken: 3, regressed: 0, changed: 0, unusable: 0, ignored: 0, fine: 2 },
      });
      expect(report?.queries.map(({ state, role, migration }) => `${state} ${role} ${migration}`).toSorted()).toEqual([
        'broken postgres 0003_title',
        'broken shop_app 0003_title',
        'broken shop_app 0003_title',
      ]);
      expect(report?.queries.every(({ callsPerHour = 0 }) => callsPerHour > 0)).toBe(true);
      expect(report?.queries.map(({ text }) => text).toSorted()).toEqual([
        expect.stringContaining('insert into public.item (»name«)'),
        expect.stringContaining('select id, »name« from item'),
        'select »name« from item where id = $1',
      ]);
      const found = events.flatMap((event) => (event.type === 'finding' && event.finding.check === 'query-compatibility' ? [event.finding.severity] : []));
      expect(found.toSorted()).toEqual(['blocker', 'blocker', 'warning']);
      const gate = events.find((event) => event.type === 'gate' && event.gate.gate === 'query-compatibility');
      expect(gate).toMatchObject({ gate: { outcome: 'failed', required: true, couldFail: true, proof: expect.stringContaining('with public.item renamed') } });

      // A role that may not see what others run leaves a doubt: it isn't as if there was nothing.
      await ask(shop, 'create role blind login; grant pg_read_all_data to blind');
      const blind = await run('blind');
      const doubts = blind.events.flatMap((event) => (event.type === 'finding' && event.finding.severity === 'doubt' ? [event.finding.id] : []));
      expect(doubts).toContain('query-compatibility:source:pg_stat_statements');
    });
  });
});
