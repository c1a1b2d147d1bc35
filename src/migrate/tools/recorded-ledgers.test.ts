import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { migrationFiles } from '../../../test/support/migration-files.ts';
import { withSession } from '../../../test/support/session.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { migrate } from '../../config/settings/migrate.ts';
import type { Migration } from '../../core/migration.ts';
import type { Session } from '../../core/ports.ts';
import { type Lineage, readLineage } from '../lineage.ts';
import { makeLedger } from '../make-ledger.ts';
import { markApplied } from '../mark-applied.ts';
import { readDrizzle } from './drizzle/read-drizzle.ts';
import { readKnex } from './knex/read-knex.ts';
import { readMigratus } from './migratus/read-migratus.ts';
import { readNodePgMigrate } from './node-pg-migrate/read-node-pg-migrate.ts';
import { readRails } from './rails/read-rails.ts';

// What the tools themselves write is proven with them in the full tests; here are ledgers as they write them, and what can be wrong with one.

async function lineage(session: Session, input: unknown, migrations: readonly Migration[]): Promise<Lineage> {
  return unwrap(await readLineage(session, migrate.parse(input), migrations));
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const nothingWrong = { unknown: [], edited: [], unfinished: [], skipped: [], refusals: [] };

test('Drizzle: by name, by time, by hash, in that order; what the repo lacks is told by its hash', async () => {
  const journal = JSON.stringify({ entries: Object.entries({ a: 1000, b: 2000, c: 2000, d: 4000 }).map(([tag, when]) => ({ tag, when })) });
  const { migrations } = readDrizzle(migrationFiles({ 'meta/_journal.json': journal, 'a.sql': 'A', 'b.sql': 'B', 'c.sql': 'C', 'd.sql': 'D' }));
  const rows = (
    values: string,
  ) => `create schema drizzle; create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint);
    insert into drizzle.__drizzle_migrations (hash, created_at) values ${values}`;
  // Two of one time, of which one is applied: its hash tells which.
  await withSession(18, rows(`('${sha256('A')}', 1000), ('${sha256('C')}', 2000)`), async (session) => {
    expect(await lineage(session, { tool: 'drizzle' }, migrations)).toMatchObject({ ...nothingWrong, applied: ['a', 'c'], skipped: ['b'] });
    await session.execute(`update drizzle.__drizzle_migrations set hash = '${sha256('other')}' where id = 1`);
    expect((await lineage(session, { tool: 'drizzle' }, migrations)).edited).toEqual(['a']);
    // The journal gave d another time than it had when it ran, and a later one: it would run twice.
    await session.execute(`insert into drizzle.__drizzle_migrations (hash, created_at) values ('${sha256('D')}', 3000)`);
    expect((await lineage(session, { tool: 'drizzle' }, migrations)).refusals).toMatchObject([{ code: 'migration-order', object: 'd' }]);
    await session.execute(`insert into drizzle.__drizzle_migrations (hash, created_at) values ('beef', 9223372036854775807), ('cafe', null)`);
    const { unknown, refusals } = await lineage(session, { tool: 'drizzle' }, migrations);
    expect(unknown).toEqual(['the hash beef recorded for 9223372036854776000', 'the hash cafe']);
    // Nothing is later than that.
    expect(refusals).toEqual([]);
    // drizzle-orm 1.0 adds names, and goes by them alone.
    await session.execute(`delete from drizzle.__drizzle_migrations; alter table drizzle.__drizzle_migrations add column name text;
      insert into drizzle.__drizzle_migrations (hash, created_at, name) values ('${sha256('B')}', 1, 'b'), ('x', 1000, 'gone')`);
    expect(await lineage(session, { tool: 'drizzle' }, migrations)).toMatchObject({ applied: ['b'], unknown: ['gone'] });
  });
});

test('Knex: a lock that is held, or that is no single row; the same name under another extension', async () => {
  const { migrations } = readKnex({ folders: [migrationFiles({ '1_a.ts': '', '2_b.ts': '' })] });
  const settings = { tool: 'knex', ledger: { table: 'ops.done' } };
  await withSession(15, 'create schema ops', async (session) => {
    expect(await makeLedger(session, migrate.parse(settings))).toBe(true);
    expect(await markApplied(session, migrate.parse(settings), migrations.slice(0, 1))).toEqual({ ledger: 'marked', notRecorded: [] });
    expect(await lineage(session, settings, migrations)).toMatchObject({ ...nothingWrong, applied: ['1_a.ts'] });
    const [row] = await session.query('select name, batch, migration_time is not null as timed from ops.done');
    expect(row).toEqual({ name: '1_a.ts', batch: 1, timed: true });
    await session.execute('insert into ops.done_lock (is_locked) values (0)');
    expect((await lineage(session, settings, migrations)).refusals).toMatchObject([
      { code: 'migration-lock-held', message: expect.stringContaining('holds 2 rows') },
    ]);
    await session.execute('update ops.done_lock set is_locked = 1');
    expect((await lineage(session, settings, migrations)).refusals).toMatchObject([
      { object: 'ops.done_lock', message: expect.stringContaining('is running') },
    ]);
    await session.execute(`delete from ops.done_lock; insert into ops.done (name) values ('2_b.js')`);
    expect(await lineage(session, settings, migrations)).toMatchObject({
      unknown: ['2_b.js'],
      refusals: [{ message: 'Production applied 2_b.js, and here it is db/2_b.ts: Knex refuses to migrate.' }],
    });
    // Without its lock table, Knex makes one.
    await session.execute('drop table ops.done_lock; delete from ops.done');
    expect((await lineage(session, settings, migrations)).refusals).toEqual([]);
  });
});

test('node-pg-migrate: the order in which they ran, not in which they were written down', async () => {
  const { migrations } = readNodePgMigrate(migrationFiles({ '1_a.js': '', '2_b.js': '', '3_c.js': '' }));
  const table = 'create table pgmigrations (id serial primary key, name varchar(255) not null, run_on timestamp not null);';
  await withSession(18, `${table} insert into pgmigrations (name, run_on) values ('2_b', '2024-01-02'), ('1_a', '2024-01-01')`, async (session) => {
    expect(await lineage(session, { tool: 'node-pg-migrate' }, migrations)).toMatchObject({ ...nothingWrong, applied: ['1_a', '2_b'] });
    await session.execute(`update pgmigrations set run_on = '2024-01-01'`);
    expect((await lineage(session, { tool: 'node-pg-migrate' }, migrations)).refusals).toMatchObject([{ code: 'migration-order', object: '1_a' }]);
    const lenient = { tool: 'node-pg-migrate', program: ['node-pg-migrate', '--no-check-order'] };
    expect((await lineage(session, lenient, migrations)).refusals).toEqual([]);
  });
});

test('Rails: versions are numbers, however they are written', async () => {
  const { migrations } = readRails(migrationFiles({ '007_a.rb': '', '20240304050607_b.rb': '', '8_c.rb': '' }));
  await withSession(15, '', async (session) => {
    expect(await makeLedger(session, migrate.parse({ tool: 'rails' }))).toBe(true);
    await markApplied(session, migrate.parse({ tool: 'rails' }), migrations.slice(0, 1));
    expect(await session.query('select version from schema_migrations')).toEqual([{ version: '7' }]);
    await session.execute(`insert into schema_migrations values ('20240304050607'), ('99')`);
    expect(await lineage(session, { tool: 'rails' }, migrations)).toMatchObject({
      ...{ applied: ['007_a', '20240304050607_b'], outOfOrder: ['8_c'], unknown: ['99'], skipped: [] },
    });
  });
});

test('migratus: a reservation that is left over makes it do nothing in silence', async () => {
  const { migrations } = readMigratus(migrationFiles({ '007-a.up.sql': '', '20240304050607-b.edn': '{}', '2024-05-01-c.up.sql': '' }));
  await withSession(18, '', async (session) => {
    expect(await makeLedger(session, migrate.parse({ tool: 'migratus' }))).toBe(true);
    await markApplied(session, migrate.parse({ tool: 'migratus' }), migrations);
    expect(await session.query('select id, description, applied is not null as timed from schema_migrations order by id')).toEqual([
      { id: '7', description: 'a', timed: true },
      { id: '2024', description: '05-01-c', timed: true },
      { id: '20240304050607', description: 'b', timed: true },
    ]);
    expect(await lineage(session, { tool: 'migratus' }, migrations)).toMatchObject({ ...nothingWrong, pending: [] });
    await session.execute('insert into schema_migrations (id) values (-1)');
    expect(await lineage(session, { tool: 'migratus' }, migrations)).toMatchObject({ unknown: [], pending: [], refusals: [{ code: 'migration-lock-held' }] });
  });
});
