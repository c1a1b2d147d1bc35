import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Migration } from '../../src/core/migration.ts';
import type { Address } from '../../src/core/server.ts';
import { makeEdge } from '../../src/edge/make-edge.ts';
import { type Lineage, readLineage } from '../../src/migrate/lineage.ts';
import { makeLedger } from '../../src/migrate/make-ledger.ts';
import { markApplied } from '../../src/migrate/mark-applied.ts';
import type { MigrateSettings } from '../../src/migrate/migrate-settings.ts';
import { readMigrations } from '../../src/migrate/read-migrations.ts';
import { adapterOf } from '../../src/migrate/tools/adapters.ts';
import type { ToolCommands } from '../../src/migrate/tools/tool-adapter.ts';
import { withDatabase } from '../support/databases.ts';
import { installNpmTools, makeProject, migrateSettings, runTool, writeInto } from '../support/npm-tools.ts';
import { unwrap } from '../support/unwrap.ts';

let tools: ReturnType<typeof installNpmTools>;
beforeAll(() => {
  tools = installNpmTools();
});
afterAll(() => tools?.remove());

/** A project, what is known of it, and its tool. */
interface Known {
  readonly project: string;
  readonly settings: MigrateSettings;
  readonly commands: ToolCommands;
}

function known(name: string, files: Readonly<Record<string, string>>, input: Parameters<typeof migrateSettings>[0]): Known {
  const project = makeProject(tools.folder, name, files);
  const settings = migrateSettings(input);
  const commands = adapterOf(settings)?.commands(settings);
  if (commands === undefined) throw new Error('no adapter');
  return { project, settings, commands };
}

const historyOf = async ({ settings, project }: Known): Promise<readonly Migration[]> => unwrap(await readMigrations(settings, project));

async function onDatabase<T>(address: Address, use: (session: Parameters<typeof markApplied>[0]) => Promise<T>): Promise<T> {
  await using session = unwrap(await makeEdge().postgres.connect(address));
  return await use(session);
}

async function lineage(of: Known, address: Address): Promise<Lineage> {
  const history = await historyOf(of);
  return unwrap(await onDatabase(address, (session) => readLineage(session, of.settings, history)));
}

const pendingOf = ({ pending }: Lineage) => pending.map(({ revision }) => revision);
const run = (of: Known, command: readonly string[] | undefined, address: Address) => runTool(of.settings, command ?? ['no-such-command'], address, of.project);

/** What a tool said shows where it was not well. */
const well = { ok: true, said: expect.any(String) };

/** Columns, defaults and keys of every table that isn't one of these. */
async function ledgerShape(address: Address, schema: string): Promise<unknown> {
  return await onDatabase(address, (session) =>
    session.query(
      `select c.table_name, c.column_name, c.data_type, c.character_maximum_length, c.datetime_precision, c.is_nullable, c.column_default,
        (select pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ', ' order by k.conname) from pg_catalog.pg_constraint k
         where k.conrelid = pg_catalog.format('%I.%I', c.table_schema, c.table_name)::regclass and k.contype in ('p', 'u')) as keys
       from information_schema.columns c where c.table_schema = $1 and c.table_name ~ 'migration|metadata' order by 1, c.ordinal_position`,
      [schema],
    ),
  );
}

/** Stamps by rows, on a database that the tool never saw, and makes sure that the ledger is what the tool itself makes. */
async function stampByRows(of: Known, address: Address): Promise<void> {
  const history = await historyOf(of);
  await onDatabase(address, async (session) => {
    expect(await makeLedger(session, of.settings)).toBe(true);
    expect(await markApplied(session, of.settings, history)).toEqual({ ledger: 'marked', notRecorded: [] });
  });
}

const table = (name: string) => `create table ${name} (id int primary key);\n`;

function journal(...entries: readonly (readonly [string, number])[]): string {
  return JSON.stringify({
    version: '7',
    dialect: 'postgresql',
    entries: entries.map(([tag, when], idx) => ({ idx, version: '7', when, tag, breakpoints: true })),
  });
}

test('Drizzle: its order is the journal’s, what is older than the newest is passed over, and a stamp leaves it nothing to do', async () => {
  const drizzle = known(
    'drizzle-project',
    {
      'drizzle.config.js': `export default { dialect: 'postgresql', out: './drizzle', dbCredentials: { url: process.env.DATABASE_URL } };`,
      // The numbers of the files say the contrary of the journal.
      'drizzle/0001_first.sql': `${table('first')}--> statement-breakpoint\n${table('first_b')}`,
      'drizzle/0000_second.sql': table('second'),
      'drizzle/meta/_journal.json': journal(['0001_first', 1000], ['0000_second', 2000]),
    },
    { tool: 'drizzle' },
  );
  expect((await historyOf(drizzle)).map(({ revision }) => revision)).toEqual(['0001_first', '0000_second']);
  await withDatabase(18, '', async (address, sql) => {
    expect(await run(drizzle, drizzle.commands.up, address)).toMatchObject(well);
    const after = await lineage(drizzle, address);
    expect(after).toMatchObject({ from: 'ledger', applied: ['0001_first', '0000_second'], pending: [], unknown: [], edited: [], skipped: [], refusals: [] });
    const made = await ledgerShape(address, 'drizzle');

    // A branch that was made earlier is merged later.
    writeInto(drizzle.project, 'drizzle/0002_late.sql', table('late'));
    writeInto(drizzle.project, 'drizzle/0003_new.sql', table('new'));
    writeInto(drizzle.project, 'drizzle/meta/_journal.json', journal(['0001_first', 1000], ['0002_late', 1500], ['0000_second', 2000], ['0003_new', 3000]));
    expect(await lineage(drizzle, address)).toMatchObject({ skipped: ['0002_late'], outOfOrder: ['0002_late'] });
    expect(await run(drizzle, drizzle.commands.up, address)).toMatchObject(well);
    // Just so: the tool says that all is well.
    expect((await sql(`select to_regclass('late') as late, to_regclass('new')::text as new`)).rows).toEqual([{ late: null, new: 'new' }]);
    expect(pendingOf(await lineage(drizzle, address))).toEqual(['0002_late']);

    // The journal's time of an applied one is moved beyond the newest: it runs again, and fails.
    writeInto(drizzle.project, 'drizzle/meta/_journal.json', journal(['0001_first', 1000], ['0002_late', 1500], ['0000_second', 2000], ['0003_new', 4000]));
    expect((await lineage(drizzle, address)).refusals).toMatchObject([{ code: 'migration-order', object: '0003_new' }]);
    const again = await run(drizzle, drizzle.commands.up, address);
    expect(again.ok).toBe(false);

    writeInto(drizzle.project, 'drizzle/meta/_journal.json', journal(['0001_first', 1000], ['0002_late', 1500], ['0000_second', 2000], ['0003_new', 3000]));
    writeInto(drizzle.project, 'drizzle/0000_second.sql', `${table('second')}select 1;`);
    expect((await lineage(drizzle, address)).edited).toEqual(['0000_second']);
    writeInto(drizzle.project, 'drizzle/0000_second.sql', table('second').replaceAll('\n', '\r\n'));
    expect((await lineage(drizzle, address)).edited).toEqual([]);

    await withDatabase(18, '', async (fresh, ask) => {
      await stampByRows(drizzle, fresh);
      expect(await ledgerShape(fresh, 'drizzle')).toEqual(made);
      expect(await lineage(drizzle, fresh)).toMatchObject({ pending: [], unknown: [], edited: [], skipped: [], refusals: [] });
      expect(await run(drizzle, drizzle.commands.up, fresh)).toMatchObject(well);
      expect((await ask(`select to_regclass('first') as first, (select count(*)::int from drizzle.__drizzle_migrations) as n`)).rows).toEqual([
        { first: null, n: 4 },
      ]);
    });
  });
});

/** What drizzle-kit does, by drizzle-orm’s own migrator. */
const migrateNext = `import { drizzle } from 'drizzle-orm-next/node-postgres';
import { migrate } from 'drizzle-orm-next/node-postgres/migrator';
import pg from 'pg';
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
await migrate(drizzle({ client }), { migrationsFolder: './drizzle' });
await client.end();
`;

test('Drizzle 1.0: a folder for each, by name; late ones run, and it takes over a ledger that we made', async () => {
  const next = known(
    'drizzle-next',
    {
      'migrate.js': migrateNext,
      'drizzle/20240201000000_second/migration.sql': table('second'),
      'drizzle/20240101000000_first/migration.sql': `${table('first')}--> statement-breakpoint\n${table('first_b')}`,
    },
    { tool: 'drizzle', program: ['node', 'migrate.js'] },
  );
  const [first, late, second] = ['20240101000000_first', '20240115000000_late', '20240201000000_second'];
  await withDatabase(18, '', async (address, sql) => {
    expect(await run(next, next.commands.up, address)).toMatchObject(well);
    expect(await lineage(next, address)).toMatchObject({ applied: [first, second], pending: [], unknown: [], edited: [], skipped: [], refusals: [] });
    writeInto(next.project, `drizzle/${late}/migration.sql`, table('late'));
    expect(await lineage(next, address)).toMatchObject({ outOfOrder: [late], skipped: [] });
    expect(await run(next, next.commands.up, address)).toMatchObject(well);
    expect((await sql(`select to_regclass('late')::text as late`)).rows).toEqual([{ late: 'late' }]);
    expect(pendingOf(await lineage(next, address))).toEqual([]);
    await withDatabase(18, '', async (fresh, ask) => {
      await stampByRows(next, fresh);
      expect(await run(next, next.commands.up, fresh)).toMatchObject(well);
      expect((await ask(`select to_regclass('first') as first`)).rows).toEqual([{ first: null }]);
      expect((await ask('select name from drizzle.__drizzle_migrations order by name')).rows.map(({ name }) => name)).toEqual([first, late, second]);
      expect(await lineage(next, fresh)).toMatchObject({ applied: [first, late, second], pending: [] });
    });
    // What is left over of the old layout stops it, and is told before.
    writeInto(next.project, 'drizzle/meta/_journal.json', journal());
    expect((await readMigrations(next.settings, next.project)).ok).toBe(false);
    expect((await run(next, next.commands.up, address)).ok).toBe(false);
  });
});

const knexStep = (name: string) =>
  `exports.up = (knex) => knex.schema.createTable('${name}', (t) => t.increments());\nexports.down = (knex) => knex.schema.dropTable('${name}');\n`;

test('Knex: by file name, late ones run, missing files and a held lock stop it; one up, one down, and a stamp', async () => {
  const knex = known(
    'knex-project',
    {
      'knexfile.cjs': `module.exports = { client: 'pg', connection: process.env.DATABASE_URL, migrations: { directory: ['./migrations', './more'], loadExtensions: ['.cjs'] } };`,
      'migrations/10_ten.cjs': knexStep('ten'),
      'migrations/9_nine.cjs': knexStep('nine'),
      'more/11_more.cjs': knexStep('more'),
      'migrations/notes.md': 'no migration',
    },
    { tool: 'knex', program: ['npx', 'knex', '--knexfile', 'knexfile.cjs'], moreFolders: ['more'], extensions: ['.cjs'] },
  );
  const inOrder = ['10_ten.cjs', '11_more.cjs', '9_nine.cjs'];
  expect((await historyOf(knex)).map(({ revision }) => revision)).toEqual(inOrder);
  await withDatabase(18, '', async (address, sql) => {
    expect(await run(knex, knex.commands.upOne?.('9_nine.cjs'), address)).toMatchObject(well);
    expect(await lineage(knex, address)).toMatchObject({ applied: ['9_nine.cjs'], outOfOrder: ['10_ten.cjs', '11_more.cjs'], skipped: [], refusals: [] });
    expect(await run(knex, knex.commands.up, address)).toMatchObject(well);
    expect((await sql('select name from knex_migrations order by id')).rows.map(({ name }) => name)).toEqual(['9_nine.cjs', '10_ten.cjs', '11_more.cjs']);
    expect(await run(knex, knex.commands.downOne?.('11_more.cjs'), address)).toMatchObject(well);
    expect(pendingOf(await lineage(knex, address))).toEqual(['11_more.cjs']);
    const made = await ledgerShape(address, 'public');

    await sql('update knex_migrations_lock set is_locked = 1');
    expect((await lineage(knex, address)).refusals).toMatchObject([{ code: 'migration-lock-held' }]);
    expect((await run(knex, knex.commands.up, address)).said).toMatch(/already locked/);
    await sql('update knex_migrations_lock set is_locked = 0');

    await sql(`insert into knex_migrations (name, batch, migration_time) values ('8_gone.cjs', 9, now())`);
    expect(await lineage(knex, address)).toMatchObject({ unknown: ['8_gone.cjs'], refusals: [{ code: 'lineage-unknown-revision', object: '8_gone.cjs' }] });
    expect((await run(knex, knex.commands.up, address)).said).toMatch(/corrupt/);

    await withDatabase(18, '', async (fresh, ask) => {
      await stampByRows(knex, fresh);
      expect(await ledgerShape(fresh, 'public')).toEqual(made);
      expect(await lineage(knex, fresh)).toMatchObject({ applied: inOrder, pending: [], refusals: [] });
      expect((await run(knex, knex.commands.up, fresh)).said).toMatch(/Already up to date/i);
      expect((await ask(`select to_regclass('nine') as nine`)).rows).toEqual([{ nine: null }]);
    });
  });
});

test('node-pg-migrate: by time, both kinds of it; up to, one, down to and its own stamp; an order that it refuses', async () => {
  const migrator = known(
    'node-pg-project',
    {
      // 1.7e12 milliseconds are in November 2023; the third stands for 2024, and a bare date is far beyond both.
      'migrations/1700000000000_first.sql': `-- Up Migration\n${table('first')}\n-- Down Migration\ndrop table first;\n`,
      'migrations/20240304050607890_third.cjs': `exports.up = (pgm) => pgm.createTable('third', { id: 'id' });\n`,
      'migrations/1700000000001_second.sql': table('second'),
      'migrations/20200101000000_last.sql': table('last'),
      'migrations/.hidden.sql': 'not read',
    },
    { tool: 'node-pg-migrate' },
  );
  const [first, second, third, last] = ['1700000000000_first', '1700000000001_second', '20240304050607890_third', '20200101000000_last'];
  expect((await historyOf(migrator)).map(({ revision }) => revision)).toEqual([first, second, third, last]);
  await withDatabase(18, '', async (address, sql) => {
    expect(await run(migrator, migrator.commands.upTo?.(second), address)).toMatchObject(well);
    expect(await lineage(migrator, address)).toMatchObject({ applied: [first, second], refusals: [] });
    expect(await run(migrator, migrator.commands.stamp?.(third), address)).toMatchObject(well);
    expect((await sql(`select to_regclass('third') as third`)).rows).toEqual([{ third: null }]);
    expect(pendingOf(await lineage(migrator, address))).toEqual([last]);
    expect(await run(migrator, migrator.commands.up, address)).toMatchObject(well);
    expect(await run(migrator, migrator.commands.up, address)).toMatchObject({ ok: true, said: expect.stringContaining('No migrations to run!') });
    expect((await sql('select name from pgmigrations order by run_on, id')).rows.map(({ name }) => name)).toEqual([first, second, third, last]);

    // What was stamped and never ran must not be taken back; here it is forgotten instead.
    await sql(`delete from pgmigrations where name <> '${first}'; drop table second, last`);
    expect(await run(migrator, migrator.commands.downTo?.(undefined), address)).toMatchObject(well);
    expect((await sql(`select to_regclass('first') as first`)).rows).toEqual([{ first: null }]);

    expect(await run(migrator, migrator.commands.upOne?.(second), address)).toMatchObject(well);
    expect((await lineage(migrator, address)).refusals).toMatchObject([{ code: 'migration-order', object: first }]);
    expect((await run(migrator, migrator.commands.up, address)).said).toContain(`Not run migration ${first} is preceding already run migration ${second}`);
    const lenient = { ...migrator, settings: migrateSettings({ tool: 'node-pg-migrate', program: ['npx', 'node-pg-migrate', '--no-check-order'] }) };
    expect((await lineage(lenient, address)).refusals).toEqual([]);
    expect(await run(lenient, adapterOf(lenient.settings)?.commands(lenient.settings).up, address)).toMatchObject(well);
    expect((await sql(`select to_regclass('first')::text as first`)).rows).toEqual([{ first: 'first' }]);
  });
});
