import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settingsSchema } from '../../src/config/schema.ts';
import type { Address } from '../../src/core/server.ts';
import { makeEdge } from '../../src/edge/make-edge.ts';
import { revisionsNamed } from '../../src/migrate/ask-tool.ts';
import { commandEnvironment } from '../../src/migrate/command-environment.ts';
import { headsOf } from '../../src/migrate/heads.ts';
import { readLineage } from '../../src/migrate/lineage.ts';
import { alembic } from '../../src/migrate/tools/alembic/alembic.ts';
import { withDatabase } from '../support/databases.ts';
import { withFolder } from '../support/temporary-folder.ts';
import { unwrap } from '../support/unwrap.ts';

const revision = (id: string, down: string, more = '') =>
  `"""Revision ${id}."""\nfrom alembic import op\n\nrevision = "${id}"\ndown_revision = ${down}\n${more}\n\ndef upgrade():\n    op.execute("create table app.t${id} (id int)")\n\n\ndef downgrade():\n    op.execute("drop table app.t${id}")\n`;

/** A ledger of another name in another schema, which only env.py says: a program. */
const env = `from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine("postgresql+psycopg2://", poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, version_table="revisions", version_table_schema="app")
    with context.begin_transaction():
        context.run_migrations()
`;
const files = {
  'db/alembic.ini': '[alembic]\nscript_location = %(here)s/scripts\n',
  'db/scripts/env.py': env,
  'db/scripts/versions/a.py': revision('0001', 'None'),
  'db/scripts/versions/d.py': revision('0002', "'0001'"),
  'db/scripts/versions/b.py': revision('0003', "'0001'"),
  'db/scripts/versions/c.py': revision('0004', "('0002', '0003')"),
  'db/scripts/versions/other.py': revision('0005', 'None', "branch_labels = 'other'\ndepends_on = '0003'\n"),
};

const settings = settingsSchema.parse({
  source: { url: 'postgres://h/d' },
  baseline: { mode: 'init-then-migrations' },
  migrate: { tool: 'alembic', program: ['alembic', '-c', 'db/alembic.ini'], ledger: { table: 'app.revisions' }, env: { PYTHONDONTWRITEBYTECODE: '1' } },
}).migrate;

function run(folder: string, address: Address, command: readonly string[] | undefined): string {
  const [program = '', ...args] = command ?? [];
  const environment = { ...process.env, ...commandEnvironment(address, { env: { PYTHONDONTWRITEBYTECODE: '1' } }) };
  const ran = spawnSync(program, args, { cwd: folder, env: environment, encoding: 'utf8', timeout: 60_000 });
  if (ran.status !== 0) throw new Error(`${command?.join(' ')}: ${ran.stderr}${ran.stdout}`);
  return ran.stdout;
}

async function lineageOf(folder: string, address: Address) {
  const migrations = unwrap(await alembic.readHistory(folder, settings));
  const session = unwrap(await makeEdge().postgres.connect(address));
  await using _ = session;
  const { applied, pending, unknown, refusals } = unwrap(await readLineage(session, settings, migrations));
  return { applied: applied.toSorted(), pending: pending.length, unknown, refusals: refusals.length };
}

test('every command of Alembic does what is read of it afterwards', { timeout: 180_000 }, async () => {
  await withFolder(files, async (folder) => {
    const commands = alembic.commands(settings);
    const migrations = unwrap(await alembic.readHistory(folder, settings));
    const all = migrations.map(({ revision }) => revision);
    await withDatabase(15, 'create schema app', async (address, sql) => {
      const asked = (command: readonly string[] | undefined) => revisionsNamed({ lines: run(folder, address, command).split('\n') }, all).toSorted();
      expect(asked(commands.heads)).toEqual(headsOf(migrations).toSorted());
      expect(headsOf(migrations).toSorted()).toEqual(['0004', '0005']);
      // Two heads: Alembic refuses "head", as the gate of heads says beforehand.
      expect(() => run(folder, address, commands.up)).toThrow('Multiple head revisions');

      run(folder, address, commands.stamp?.('0001'));
      expect(await lineageOf(folder, address)).toEqual({ applied: ['0001'], pending: 4, unknown: [], refusals: 0 });
      expect((await sql("select to_regclass('app.t0001') as made")).rows).toEqual([{ made: null }]);
      await sql('create table app.t0001 (id int)');

      // Its only row is the head of another branch, which rests on a part of the first.
      run(folder, address, commands.upTo?.('0005'));
      expect(await lineageOf(folder, address)).toEqual({ applied: ['0001', '0003', '0005'], pending: 2, unknown: [], refusals: 0 });
      run(folder, address, commands.upTo?.('0004'));
      expect(await lineageOf(folder, address)).toEqual({ applied: all.toSorted(), pending: 0, unknown: [], refusals: 0 });
      expect(asked(commands.current)).toEqual((await sql('select version_num from app.revisions order by 1')).rows.map((row) => row.version_num));

      run(folder, address, commands.downTo?.('0001'));
      expect((await lineageOf(folder, address)).applied).toEqual(['0001']);
      run(folder, address, commands.upTo?.('0004'));

      // A ledger at which Alembic itself stops.
      await sql("insert into app.revisions values ('0002')");
      expect((await lineageOf(folder, address)).refusals).toBe(1);
      expect(() => run(folder, address, commands.upTo?.('0005'))).toThrow('overlaps');
      await sql("delete from app.revisions where version_num = '0002'");

      // An older commit: the ledger names what the repo doesn't have, and Alembic says so too.
      rmSync(join(folder, 'db/scripts/versions/c.py'));
      expect(await lineageOf(folder, address)).toMatchObject({ unknown: ['0004'] });
      expect(() => run(folder, address, commands.current)).toThrow("Can't locate revision");
    });
  });
});
