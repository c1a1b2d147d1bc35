import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Address } from '../../src/core/server.ts';
import { makeEdge } from '../../src/edge/make-edge.ts';
import { applyMigrations } from '../../src/migrate/apply-sql.ts';
import { type Lineage, readLineage } from '../../src/migrate/lineage.ts';
import { makeLedger } from '../../src/migrate/make-ledger.ts';
import { markApplied } from '../../src/migrate/mark-applied.ts';
import { readMigrations } from '../../src/migrate/read-migrations.ts';
import { adapterOf } from '../../src/migrate/tools/adapters.ts';
import { withDatabase } from '../support/databases.ts';
import { installNpmTools, makeProject, migrateSettings, runTool, writeInto } from '../support/npm-tools.ts';
import { testContext } from '../support/test-context.ts';
import { unwrap } from '../support/unwrap.ts';

/**
 * `prisma migrate deploy`, `resolve --applied` and `status`, by Prisma’s own schema engine as WebAssembly: the program that the CLI starts for them comes from
 * a server of Prisma’s and not from the registry.
 */
const program = `
import { readdirSync, readFileSync } from 'node:fs';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { SchemaEngine } from '@prisma/schema-engine-wasm';

const baseDir = 'prisma/migrations';
const folders = readdirSync(baseDir, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();
const migrationsList = {
  baseDir,
  lockfile: { path: 'migration_lock.toml', content: readFileSync(baseDir + '/migration_lock.toml', 'utf8') },
  shadowDbInitScript: '',
  migrationDirectories: folders.map((path) => ({
    path,
    migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: readFileSync(baseDir + '/' + path + '/migration.sql', 'utf8') } },
  })),
};
const filters = { externalTables: [], externalEnums: [] };
const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: process.env.DATABASE_URL }));
const engine = await SchemaEngine.new({ datamodels: [['schema.prisma', 'datasource db {\\n  provider = "postgresql"\\n}\\n']] }, () => {}, adapter);
const [, what, ...more] = process.argv.slice(2);
if (what === 'deploy') console.log('applied: ' + (await engine.applyMigrations({ migrationsList, filters })).appliedMigrationNames.join(','));
if (what === 'resolve') await engine.markMigrationApplied({ migrationsList, migrationName: more[1] });
const { history, failedMigrationNames, editedMigrationNames } = await engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: false, filters });
console.log(JSON.stringify({ history: history ?? null, failed: failedMigrationNames, edited: editedMigrationNames }));
process.exit(0);
`;

const settings = migrateSettings({ tool: 'prisma', run: 'tool', program: ['node', '--disable-warning=ExperimentalWarning', 'prisma.mjs'] });
const ourselves = migrateSettings({ tool: 'prisma' });
const commands = adapterOf(settings)?.commands(settings);
if (commands === undefined) throw new Error('no adapter');

let tools: ReturnType<typeof installNpmTools>;
let project = '';
beforeAll(() => {
  tools = installNpmTools();
  project = makeProject(tools.folder, 'prisma-project', {
    'prisma.mjs': program,
    'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
    'prisma/migrations/20240101000000_first/migration.sql': '-- CreateTable\r\ncreate table first (id int primary key);\r\n',
    'prisma/migrations/20240201000000_second/migration.sql': 'create index concurrently second on first (id);\n',
    'prisma/migrations/20240301_third/migration.sql': 'create table third (id int primary key);\n',
  });
});
afterAll(() => tools?.remove());

const inOrder = ['20240101000000_first', '20240201000000_second', '20240301_third'];
const upToDate = { history: null, failed: [], edited: [] };

async function lineage(address: Address): Promise<Lineage> {
  const history = unwrap(await readMigrations(settings, project));
  await using session = unwrap(await makeEdge().postgres.connect(address));
  return unwrap(await readLineage(session, settings, history));
}
const run = (command: readonly string[] | undefined, address: Address) => runTool(settings, command ?? ['no-such-command'], address, project);
const status = async (address: Address) => JSON.parse((await run(commands.current, address)).said);

const shapeQuery = `select column_name, data_type, character_maximum_length, is_nullable, column_default from information_schema.columns
  where table_name = '_prisma_migrations' order by ordinal_position`;

test('Prisma: its ledger is ours, late folders run, an edited file shows, a failed one stops it, and it believes our rows', async () => {
  await withDatabase(18, '', async (address, sql) => {
    expect(await run(commands.up, address)).toMatchObject({ ok: true, said: expect.stringContaining(`applied: ${inOrder.join(',')}`) });
    expect(await lineage(address)).toMatchObject({ applied: inOrder, pending: [], unknown: [], edited: [], unfinished: [], skipped: [], refusals: [] });
    const made = (await sql(shapeQuery)).rows;
    const hashes = (await sql('select checksum from _prisma_migrations order by migration_name')).rows.map(({ checksum }) => checksum);

    writeInto(project, 'prisma/migrations/20240115000000_late/migration.sql', 'create table late (id int primary key);');
    expect(await lineage(address)).toMatchObject({ outOfOrder: ['20240115000000_late'], skipped: [] });
    expect(await run(commands.stampOne?.('20240115000000_late'), address)).toMatchObject({ ok: true });
    expect(await lineage(address)).toMatchObject({ pending: [], outOfOrder: [] });
    expect((await sql(`select to_regclass('late') as late`)).rows).toEqual([{ late: null }]);

    await sql(`update _prisma_migrations set checksum = '${createHash('sha256').update('other').digest('hex')}' where migration_name = '20240301_third'`);
    expect((await lineage(address)).edited).toEqual(['20240301_third']);
    expect(await status(address)).toMatchObject({ edited: ['20240301_third'] });

    writeInto(project, 'prisma/migrations/20240401000000_bad/migration.sql', 'create table fourth (id int);\nselect 1/0;');
    expect((await run(commands.up, address)).ok).toBe(false);
    expect(await lineage(address)).toMatchObject({ unfinished: ['20240401000000_bad'] });
    // Whether or not the file is corrected meanwhile.
    writeInto(project, 'prisma/migrations/20240401000000_bad/migration.sql', 'create table fourth (id int);\n');
    expect((await run(commands.up, address)).said).toMatch(/P3009|failed migrations/);

    // By our own runner, statement by statement, and by a stamp: the engine finds nothing to do, and nothing to complain of.
    await withDatabase(18, '', async (fresh, ask) => {
      const history = unwrap(await readMigrations(ourselves, project));
      {
        await using session = unwrap(await makeEdge().postgres.connect(fresh));
        expect(await makeLedger(session, ourselves)).toBe(true);
        expect((await ask(shapeQuery)).rows).toEqual(made);
        expect(await markApplied(session, ourselves, history.slice(0, 1))).toEqual({ ledger: 'marked', notRecorded: [] });
      }
      await ask('create table first (id int primary key)');
      if (ourselves.tool !== 'sql-files') return expect.unreachable();
      const applied = await applyMigrations(testContext(), { address: fresh, pending: history.slice(1), settings: ourselves });
      expect(applied).toMatchObject({ ok: true, value: { kind: 'applied', notRecorded: [] } });
      expect(await run(commands.up, fresh)).toMatchObject({ ok: true, said: `applied: \n${JSON.stringify(upToDate)}` });
      const ours = (await ask(`select checksum from _prisma_migrations where migration_name = any ('{${inOrder.join(',')}}') order by migration_name`)).rows;
      expect(ours.map(({ checksum }) => checksum)).toEqual(hashes);
    });
  });
});
