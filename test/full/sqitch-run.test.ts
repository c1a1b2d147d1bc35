import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settingsSchema } from '../../src/config/schema.ts';
import type { Address } from '../../src/core/server.ts';
import { makeEdge } from '../../src/edge/make-edge.ts';
import { commandEnvironment } from '../../src/migrate/command-environment.ts';
import { readLineage } from '../../src/migrate/lineage.ts';
import { sqitch } from '../../src/migrate/tools/sqitch/sqitch.ts';
import { withDatabase } from '../support/databases.ts';
import { withFolder } from '../support/temporary-folder.ts';
import { unwrap } from '../support/unwrap.ts';

const by = (rest: string) => `${rest} 2026-01-01T00:00:00Z A <a@b.c>\n`;
const plan = `%syntax-version=1.0.0\n%project=shop\n%uri=https://example.com/shop\n\n${by('fund')}${by('app/price [fund]')}${by('@v1')}${by('app/price [app/price@v1] ')}${by('note [!other:nothing]')}`;
const script = (sql: string) => `begin;\n${sql};\ncommit;\n`;
const files = {
  'sqitch.conf': '[core]\n\tengine = pg\n\ttop_dir = "db" ; here\n[engine "pg"]\n\tregistry = meta\n',
  'db/sqitch.plan': plan,
  'db/deploy/fund.sql': script('create table public.fund (id int)'),
  'db/deploy/app/price@v1.sql': script('create table public.price (id int)'),
  'db/deploy/app/price.sql': script('alter table public.price add column amount numeric'),
  'db/deploy/note.sql': script('comment on table public.fund is $$a "note"$$'),
  'db/revert/fund.sql': script('drop table public.fund'),
  'db/revert/app/price@v1.sql': script('drop table public.price'),
  'db/revert/app/price.sql': script('alter table public.price drop column amount'),
  'db/revert/note.sql': script('comment on table public.fund is null'),
};

const settings = settingsSchema.parse({
  source: { url: 'postgres://h/d' },
  baseline: { mode: 'init-then-migrations' },
  migrate: { tool: 'sqitch', ledger: { table: 'meta.changes' }, env: { SQITCH_FULLNAME: 'T', SQITCH_EMAIL: 't@example.com' } },
}).migrate;
if (settings.tool !== 'command') throw new Error('Sqitch is started as a command');
const { env } = settings;

/** Runs Sqitch as the program would. */
function run(folder: string, address: Address, command: readonly string[] | undefined): string {
  const [program = '', ...args] = command ?? [];
  const ran = spawnSync(program, args, { cwd: folder, env: { ...process.env, ...commandEnvironment(address, { env }) }, encoding: 'utf8', timeout: 60_000 });
  if (ran.status !== 0) throw new Error(`${command?.join(' ')}: ${ran.stderr}${ran.stdout}`);
  return ran.stdout;
}

async function lineageOf(folder: string, address: Address) {
  const history = await sqitch.readHistory(folder, settings);
  const migrations = unwrap(history);
  const session = unwrap(await makeEdge().postgres.connect(address));
  await using _ = session;
  const line = await readLineage(session, settings, migrations);
  if (!line.ok) return line.failure.code;
  const { applied, pending, unknown, edited } = line.value;
  return { applied, pending: pending.map(({ revision }) => revision), unknown, edited };
}

test('a project of Sqitch: its revisions, its commands and its registry, with the real one', { timeout: 180_000 }, async () => {
  await withFolder(files, async (folder) => {
    const commands = sqitch.commands(settings);
    const migrations = unwrap(await sqitch.readHistory(folder, settings));
    const all = ['fund', 'app/price@v1', 'app/price', 'note'];
    expect(migrations.map(({ revision }) => revision)).toEqual(all);
    expect(migrations[1]).toMatchObject({ file: 'db/deploy/app/price@v1.sql', downFile: 'db/revert/app/price@v1.sql' });
    await withDatabase(15, '', async (address, sql) => {
      expect(run(folder, address, commands.history).trim().split('\n')).toEqual(['fund', 'app/price', 'app/price', 'note']);
      expect(run(folder, address, commands.heads).trim()).toBe('note');
      expect(await lineageOf(folder, address)).toBe('ledger-unknown');

      run(folder, address, commands.stamp?.('fund'));
      expect((await sql("select to_regclass('public.fund') as made")).rows).toEqual([{ made: null }]);
      expect(await lineageOf(folder, address)).toEqual({ applied: ['fund'], pending: all.slice(1), unknown: [], edited: [] });
      await sql('create table public.fund (id int)');

      run(folder, address, commands.upTo?.('app/price@v1'));
      expect(await lineageOf(folder, address)).toMatchObject({ applied: ['fund', 'app/price@v1'], edited: [] });
      run(folder, address, commands.up);
      expect(await lineageOf(folder, address)).toEqual({ applied: all, pending: [], unknown: [], edited: [] });
      expect(run(folder, address, ['sqitch', 'status', 'db:pg:'])).toContain('Nothing to deploy');

      run(folder, address, commands.downTo?.('app/price@v1'));
      expect(await lineageOf(folder, address)).toMatchObject({ applied: ['fund', 'app/price@v1'], pending: ['app/price', 'note'] });

      // Another project in the same registry is nobody of ours.
      await sql("insert into meta.projects (project, uri, creator_name, creator_email) values ('other', null, 'x', 'x')");
      await sql(
        `insert into meta.changes select 'x', 'y', 'fund', 'other', note, committed_at, committer_name, committer_email, planned_at, planner_name, planner_email from meta.changes limit 1`,
      );
      expect(await lineageOf(folder, address)).toMatchObject({ applied: ['fund', 'app/price@v1'], unknown: [], edited: [] });

      // A script that isn't what was deployed.
      appendFileSync(join(folder, 'db/deploy/fund.sql'), '-- later\n');
      expect(await lineageOf(folder, address)).toMatchObject({ edited: ['fund'] });
      writeFileSync(join(folder, 'db/deploy/fund.sql'), files['db/deploy/fund.sql']);

      // A plan that isn't: every id after the edited line is another one.
      const planFile = join(folder, 'db/sqitch.plan');
      writeFileSync(planFile, readFileSync(planFile, 'utf8').replace('00:00Z A <a@b.c>\napp', '00:00Z B <a@b.c>\napp'));
      expect(await lineageOf(folder, address)).toMatchObject({ edited: ['fund', 'app/price@v1'], unknown: [] });
      expect(() => run(folder, address, commands.up)).toThrow();

      // A change that the plan lost.
      writeFileSync(planFile, `%project=shop\n%uri=https://example.com/shop\n\n${by('fund')}`);
      expect(await lineageOf(folder, address)).toMatchObject({ applied: ['fund'], unknown: ['app/price'] });
    });
  });
});
