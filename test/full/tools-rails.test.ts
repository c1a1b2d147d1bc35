import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Address } from '../../src/core/server.ts';
import { makeEdge } from '../../src/edge/make-edge.ts';
import { type Lineage, readLineage } from '../../src/migrate/lineage.ts';
import { makeLedger } from '../../src/migrate/make-ledger.ts';
import { markApplied } from '../../src/migrate/mark-applied.ts';
import { readMigrations } from '../../src/migrate/read-migrations.ts';
import { adapterOf } from '../../src/migrate/tools/adapters.ts';
import { withDatabase } from '../support/databases.ts';
import { migrateSettings, runTool, writeInto } from '../support/npm-tools.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { unwrap } from '../support/unwrap.ts';

/** What bin/rails does for these tasks, by Active Record’s own migrator: a whole Rails takes ten times as long to start. */
const tasks = `
require 'active_record'
ActiveRecord::Base.establish_connection(ENV.fetch('DATABASE_URL'))
ActiveRecord::Migration.verbose = false
context = ActiveRecord::MigrationContext.new(File.expand_path('../db/migrate', __dir__), ActiveRecord::SchemaMigration)
version = ARGV[1] && Integer(ARGV[1].delete_prefix('VERSION='), 10)
case ARGV[0]
when 'db:migrate' then context.migrate(version)
when 'db:migrate:up' then context.run(:up, version)
when 'db:migrate:down' then context.run(:down, version)
when 'db:migrate:status' then context.migrations_status.each { |line| puts line.join(' ') }
end
puts "pending: #{context.open.pending_migrations.map(&:version).join(',')}"
`;
const step = (name: string, table: string) =>
  `class ${name} < ActiveRecord::Migration[6.1]\n  def change\n    create_table :${table} do |t|\n      t.string :label\n    end\n  end\nend\n`;

const settings = migrateSettings({ tool: 'rails', program: ['ruby', 'bin/tasks.rb'] });
const commands = adapterOf(settings)?.commands(settings);
if (commands === undefined) throw new Error('no adapter');

let project = '';
beforeAll(() => {
  const asked = spawnSync('ruby', ['-e', "require 'active_record'; require 'pg'; puts ActiveRecord::VERSION::STRING"], { encoding: 'utf8' });
  if (asked.status !== 0) throw new Error('this test needs Active Record: apt-get install --no-install-recommends ruby-activerecord ruby-pg');
  project = makeFolder('pgr-rails-');
  writeInto(project, 'bin/tasks.rb', tasks);
  writeInto(project, 'db/migrate/007_first.rb', step('First', 'firsts'));
  writeInto(project, 'db/migrate/10_second.rb', step('Second', 'seconds'));
  writeInto(project, 'db/migrate/20240304050607_third.rb', step('Third', 'thirds'));
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

async function lineage(address: Address): Promise<Lineage> {
  const history = unwrap(await readMigrations(settings, project));
  await using session = unwrap(await makeEdge().postgres.connect(address));
  return unwrap(await readLineage(session, settings, history));
}
const pendingOf = ({ pending }: Lineage) => pending.map(({ revision }) => revision);
const run = (command: readonly string[] | undefined, address: Address) => runTool(settings, command ?? ['no-such-command'], address, project);

test('Rails: late ones run, up to, one, down to; versions are numbers; a stamp leaves it nothing to do', async () => {
  const inOrder = ['007_first', '10_second', '20240304050607_third'];
  await withDatabase(15, '', async (address, sql) => {
    expect(await run(commands.upOne?.('10_second'), address)).toMatchObject({ ok: true, said: 'pending: 7,20240304050607' });
    expect(await lineage(address)).toMatchObject({ applied: ['10_second'], outOfOrder: ['007_first'], skipped: [], refusals: [] });
    expect(await run(commands.up, address)).toMatchObject({ ok: true, said: 'pending: ' });
    expect((await sql('select version from schema_migrations order by length(version), version')).rows.map(({ version }) => version)).toEqual([
      '7',
      '10',
      '20240304050607',
    ]);
    expect(await lineage(address)).toMatchObject({ applied: inOrder, pending: [], unknown: [], edited: [] });
    expect(await run(commands.downOne?.('10_second'), address)).toMatchObject({ ok: true, said: 'pending: 10' });
    expect(pendingOf(await lineage(address))).toEqual(['10_second']);
    expect(await run(commands.downTo?.('007_first'), address)).toMatchObject({ ok: true, said: 'pending: 10,20240304050607' });
    expect(await run(commands.upTo?.('10_second'), address)).toMatchObject({ ok: true, said: 'pending: 20240304050607' });
    expect(await run(commands.downTo?.(undefined), address)).toMatchObject({ ok: true, said: 'pending: 7,10,20240304050607' });
    expect((await run(commands.current, address)).said).toContain('down 20240304050607 Third');

    const shape = `select table_name, column_name, data_type, datetime_precision, is_nullable, column_default from information_schema.columns
      where table_name in ('schema_migrations', 'ar_internal_metadata') order by 1, ordinal_position`;
    const made = (await sql(shape)).rows;
    await withDatabase(15, '', async (fresh, ask) => {
      const history = unwrap(await readMigrations(settings, project));
      {
        await using session = unwrap(await makeEdge().postgres.connect(fresh));
        expect(await makeLedger(session, settings)).toBe(true);
        expect(await markApplied(session, settings, history)).toEqual({ ledger: 'marked', notRecorded: [] });
      }
      expect((await ask(shape)).rows).toEqual(made);
      expect(await lineage(fresh)).toMatchObject({ applied: inOrder, pending: [] });
      expect(await run(commands.up, fresh)).toMatchObject({ ok: true, said: 'pending: ' });
      expect((await ask(`select to_regclass('firsts') as firsts`)).rows).toEqual([{ firsts: null }]);
    });
  });
});

test('Rails goes on where the file of an applied version is gone, if structure.sql knows it; a version that production lacks so can’t get there', async () => {
  writeInto(project, 'db/structure.sql', `INSERT INTO "schema_migrations" (version) VALUES\n('10'),\n('7'),\n('3'),\n('2');\n`);
  try {
    await withDatabase(
      15,
      `create table schema_migrations (version varchar primary key); insert into schema_migrations values ('2'), ('7')`,
      async (address) => {
        expect(await lineage(address)).toMatchObject({ applied: ['2', '007_first'], unknown: [], skipped: ['3'] });
        expect(await run(commands.upOne?.('10_second'), address)).toMatchObject({ ok: true, said: 'pending: 20240304050607' });
      },
    );
  } finally {
    rmSync(join(project, 'db/structure.sql'));
  }
});
