import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { withFolder } from '../../../test/support/temporary-folder.ts';
import { testContext } from '../../../test/support/test-context.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { judgeStamp } from '../../check/stamp/judge-stamp.ts';
import type { StampReport } from '../../core/lineage.ts';
import type { Migration } from '../../core/migration.ts';
import { ok, type Result } from '../../core/result.ts';
import type { MigrateSettings } from '../../migrate/migrate-settings.ts';
import { planAnchor } from './plan-anchor.ts';
import { stampClone } from './stamp-clone.ts';

const migrations: readonly Migration[] = ['0018', '0019', '0020'].map((revision, at, all) => ({
  ...{ revision, file: `${revision}.py`, sha256: '', up: '', upLine: 1, optsOutOfTransaction: false, language: 'code' },
  parents: at === 0 ? [] : [all[at - 1] ?? ''],
}));
const plan = unwrap(planAnchor(migrations, '0019'));
const makeLedger = 'create table public.alembic_version (version_num varchar(32) not null constraint alembic_version_pkc primary key);';

/** Stamps a database by a program that does what a tool could do. */
async function stamp(
  sql: string,
  schema = 'create sequence public."Order no"; create table public.fund (id bigserial primary key, name text); insert into public.fund (name) values (1), (2)',
) {
  const module = JSON.stringify(join(import.meta.dirname, '../../../node_modules/pg'));
  const tool = `const pg = require(${module}); const client = new pg.Client({ connectionString: process.env.DATABASE_URL.replace(/\\?.*/, '') });
    client.connect().then(() => client.query(${JSON.stringify(sql)})).then(() => console.log('Running stamp_revision -> ' + process.argv[3])).finally(() => client.end());`;
  let stamped: Result<StampReport> | undefined;
  await withFolder({ 'tool.cjs': tool }, async (folder) => {
    await withDatabase(15, schema, async (admin) => {
      const clone = { id: 'c', label: 'c', admin, login: admin, remove: async () => ok(), [Symbol.asyncDispose]: async () => {} };
      const migrator = { address: admin, role: admin.user, known: true, superuser: true, notes: [] };
      const program = [process.execPath, join(folder, 'tool.cjs')];
      const ledger = { table: 'alembic_version', column: 'version_num' };
      const settings: MigrateSettings = {
        tool: 'command',
        adapter: 'alembic',
        program,
        command: [...program, 'upgrade', 'head'],
        folder: '.',
        ledger,
        env: {},
        timeoutMinutes: 1,
      };
      stamped = await stampClone(testContext(), clone, migrator, { settings, folder, migrations, plan });
    });
  });
  if (stamped === undefined) throw new Error('nothing was stamped');
  return stamped;
}

test('a stamp that writes the list alone passes, and is told as it was made', async () => {
  const report = unwrap(await stamp(`${makeLedger} insert into public.alembic_version values ('0019')`));
  expect(report).toMatchObject({
    ...{ by: 'tool', exitCode: 0, ledger: ['public.alembic_version'], changed: [], written: [], recorded: ['0019'] },
    ...{ applied: ['0018', '0019'], pending: ['0020'], tables: 1, output: [{ stream: 'stdout', line: 'Running stamp_revision -> 0019' }] },
  });
  expect(report.schemaAfter).toBe(report.schemaBefore);
  expect(judgeStamp(report, undefined).gate.outcome).toBe('passed');
});

test('whatever else a stamp does is found', async () => {
  const writes = `${makeLedger} insert into public.alembic_version values ('0019');`;
  for (const [more, found] of [
    ['create index fund_name on public.fund (name)', 'stamp:schema:all'],
    [`comment on table public.fund is 'stamped'`, 'stamp:schema:all'],
    [`update public.fund set name = 'x' where id = 1`, 'stamp:table:public.fund'],
    // Neither the number of rows nor a counter tells of it.
    [
      'create table public.kept as table public.fund; truncate public.fund; insert into public.fund table public.kept; drop table public.kept',
      'stamp:table:public.fund',
    ],
    [`update public.alembic_version set version_num = '0018'`, 'stamp:revision:0019'],
    ['create table public.notes (note text)', 'stamp:schema:all'],
    [`select setval('public.fund_id_seq', 4711)`, 'stamp:table:public.fund_id_seq'],
    [`select nextval('public."Order no"')`, 'stamp:table:public."Order no"'],
    [`insert into public.alembic_version values ('0020')`, 'stamp:history:applied'],
  ] as const) {
    const report = unwrap(await stamp(`${writes} ${more}`));
    const { gate, findings } = judgeStamp(report, undefined);
    expect([gate.outcome, ...findings.map(({ id }) => id)], more).toEqual(expect.arrayContaining(['failed', found]));
  }
});

test('a stamp that fails is no stamp', async () => {
  const failed = await stamp(`select no_such_thing`);
  expect(failed).toMatchObject({ ok: false, failure: { code: 'stamp-failed', object: '0019' } });
});
