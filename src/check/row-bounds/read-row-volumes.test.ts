import { expect, test } from 'vitest';
import { withSession } from '../../../test/support/session.ts';
import { makeEdge } from '../../edge/make-edge.ts';
import { readRowVolumes } from './read-row-volumes.ts';
import { rowChanges } from './row-changes.ts';

const production = `
create table plain (id int primary key, a int); insert into plain select i, i from generate_series(1, 1000) i;
create table part (id int, k int) partition by list (k);
create table part_1 partition of part for values in (1); create table part_2 partition of part for values in (2) partition by range (id);
create table part_2_a partition of part_2 for values from (0) to (1000); insert into part select i, 1 + i % 2 from generate_series(1, 100) i;
create table gone (id int); insert into gone select generate_series(1, 7);
create table emptied (id int); insert into emptied select generate_series(1, 40);
create table child (id int references plain on delete cascade); insert into child select i from generate_series(1, 10) i;
create table target (like plain); create table quiet (id int); insert into quiet values (1)`;

test.each([15, 18] as const)('what each kind of write counts for (PostgreSQL %i)', async (major) => {
  await withSession(major, production, async (session, address) => {
    const before = await readRowVolumes(session);
    expect(before.problem).toBeUndefined();
    const opened = await makeEdge().postgres.connect(address);
    if (!opened.ok) return expect.unreachable();
    const migrating = opened.value;
    await migrating.execute('alter table plain rename to renamed');
    await migrating.execute('update renamed set a = 0 where id <= 30; delete from renamed where id > 995 or id <= 2');
    // A rewrite moves every row, and changes none.
    await migrating.execute('alter table renamed alter column a type bigint');
    await migrating.execute('insert into part values (500, 1); update part set k = 2 where id = 500; update part set id = id + 0 where k = 1');
    await migrating.execute('drop table gone; truncate emptied; insert into emptied values (1)');
    await migrating.execute('create table made as select generate_series(1, 12) as id');
    const copy = migrating.copyIn('copy target (id, a) from stdin');
    copy.end('1\t1\n2\t2\n3\t3\n');
    await new Promise((resolve) => copy.once('close', resolve));
    await migrating.execute(`do $$ begin begin insert into quiet values (2), (3); raise exception 'x'; exception when others then null; end; end $$`);
    await migrating.close();
    const after = await readRowVolumes(session);
    expect(after.problem).toBeUndefined();
    const changes = rowChanges(before, after).map(({ name, before, after, inserted, updated, deleted, truncated, rolledBack }) => ({
      name,
      before,
      after,
      inserted,
      updated,
      deleted,
      truncated,
      rolledBack,
    }));
    const none = { inserted: 0, updated: 0, deleted: 0, truncated: 0, rolledBack: false };
    expect(changes).toEqual([
      { ...none, name: 'public.child', before: 10, after: 8, deleted: 2 },
      { ...none, name: 'public.emptied', before: 40, after: 1, inserted: 1, deleted: 40, truncated: 40 },
      { ...none, name: 'public.gone', before: 7, after: undefined, deleted: 7 },
      { ...none, name: 'public.made', before: undefined, after: 12, inserted: 12 },
      // Moving a row to another partition is an insert and a delete.
      { ...none, name: 'public.part', before: 100, after: 101, inserted: 2, updated: 50, deleted: 1 },
      { ...none, name: 'public.part_1', before: 50, after: 50, inserted: 1, updated: 50, deleted: 1 },
      { ...none, name: 'public.part_2', before: 50, after: 51, inserted: 1 },
      { ...none, name: 'public.part_2_a', before: 50, after: 51, inserted: 1 },
      { ...none, name: 'public.quiet', before: 1, after: 1, inserted: 2, rolledBack: true },
      { ...none, name: 'public.renamed', before: 1000, after: 993, updated: 30, deleted: 7 },
      { ...none, name: 'public.target', before: 0, after: 3, inserted: 3 },
    ]);
  });
});

test('counters of a session that is about to end are waited for; one that stays is told', async () => {
  await withSession(18, 'create table t (id int)', async (session, address) => {
    const opened = await makeEdge().postgres.connect(address);
    if (!opened.ok) return expect.unreachable();
    const other = opened.value;
    // The first report goes out at once, the next ones are held back for a while.
    await other.execute('insert into t values (1)');
    await other.execute('insert into t values (2)');
    await other.execute('insert into t values (3)');
    expect((await readRowVolumes(session, 100)).problem).toMatch(/^other sessions stayed connected/);
    setTimeout(() => other.close(), 300);
    const volumes = await readRowVolumes(session);
    expect(volumes.problem).toBeUndefined();
    expect(volumes.tables).toMatchObject([{ table: 't', rows: 3, inserted: 3 }]);
  });
});

test('the superuser of a cloud stays, and is nobody who writes rows; on a server of ours he is somebody', async () => {
  await withSession(18, 'create role rdsadmin login superuser; create role master login in role pg_monitor', async (session, address) => {
    const { postgres } = makeEdge();
    const landlord = await postgres.connect({ ...address, user: 'rdsadmin' });
    const master = await postgres.connect({ ...address, user: 'master' });
    if (!landlord.ok || !master.ok) return expect.unreachable();
    try {
      expect((await readRowVolumes(session, 100)).problem).toMatch(/^other sessions stayed connected/);
      await session.close();
      expect((await readRowVolumes(master.value, 100)).problem).toBeUndefined();
    } finally {
      for (const one of [master.value, landlord.value]) await one.close();
      const again = await postgres.connect(address);
      if (again.ok) await again.value.execute('drop role master; drop role rdsadmin');
      if (again.ok) await again.value.close();
    }
  });
});

test('a server that does not count is told, and when counters were set back', async () => {
  await withSession(18, 'create table t (id int)', async (session, address) => {
    await session.execute(`alter database ${address.database} set track_counts = off`);
    expect(await readRowVolumes(session)).toMatchObject({ problem: expect.stringContaining('track_counts is off') });
    const before = await readRowVolumes(session);
    expect(before.resetAt).toBe((await readRowVolumes(session)).resetAt);
    await session.execute(`select pg_stat_reset_single_table_counters('t'::regclass)`);
    expect((await readRowVolumes(session)).resetAt, 'counters of one table were set back').not.toBe(before.resetAt);
  });
});
