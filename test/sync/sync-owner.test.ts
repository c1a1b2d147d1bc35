import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { testServer, withDatabase } from '../support/databases.ts';
import { ask } from '../support/own-server.ts';
import { syncOnce } from './sync-stage.ts';

const schema = `
  create table a (id int primary key, b_id int, v text);
  create table b (id int primary key, a_id int references a, v text);
  alter table a add foreign key (b_id) references b;
  create table c (id int primary key, a_id int references a on delete cascade, v text);
  create table alone (id int generated always as identity primary key, v text);
  create table pinned (id int primary key, v text);
  create table upserted (id int primary key, v text);
  create table parted (id int not null, v text) partition by range (id);
  create table parted_1 partition of parted for values from (0) to (100);
  create table parted_2 partition of parted for values from (100) to (200)`;

const production = `${schema};
  insert into a values (1, null, 'p'), (2, null, 'p'); insert into b values (1, 2, 'p'), (2, 1, 'p'); update a set b_id = id;
  insert into c values (1, 1, 'p'); insert into alone (v) select 'p' from generate_series(1, 30);
  insert into pinned values (5, 'p'); insert into upserted values (1, 'p'), (3, 'p'); insert into parted select n, 'p' from generate_series(1, 150) n;
  analyze`;

const staging = `${schema};
  create table stays (id int primary key, pinned_id int references pinned on delete cascade);
  alter table upserted add column kept text;
  create table log (what text);
  create function note() returns trigger language plpgsql as $$ begin insert into log values (tg_op); return null; end $$;
  create trigger note after insert or delete on alone for each row execute function note();
  insert into a values (9, null, 'old'); insert into b values (9, 9, 'old'); insert into c values (9, 9, 'old');
  insert into pinned values (1, 'old'); insert into stays values (1, 1); insert into upserted values (1, 'old', 'kept'), (2, 'old', 'kept');
  insert into parted values (1, 'old');
  alter table c enable row level security; alter table c force row level security`;

test('an owner without superuser’s rights: rings of foreign keys, triggers, forced policies, partitions; never a cascade into what stays', async () => {
  const role = `sync_${randomBytes(5).toString('hex')}`;
  const server = testServer(18);
  await ask(server, `create role ${role} login`);
  try {
    await withDatabase(15, production, async (there) => {
      await withDatabase(18, '', async (admin, run) => {
        await run(`alter database ${admin.database} owner to ${role}; grant create on schema public to ${role}; set role ${role}; ${staging}`);
        const here = { ...admin, user: role };
        const before = (await run('select conname, condeferrable, condeferred from pg_constraint where contype = $$f$$ order by 1')).rows;
        const { result, tables, plan, events } = await syncOnce(there, here, {
          settings: { masking: undefined },
          sync: {
            tables: { modes: { upserted: 'upsert' } },
            neutralise: [{ table: 'a', sql: "update a set v = 'neutral'" }, { sql: "update b set v = 'neutral'" }],
          },
        });
        expect(events.filter((event) => event.type === 'failure')).toEqual([]);
        expect(tables.get('public.a')?.reason).toBeUndefined();
        expect([...tables.values()].filter(({ outcome }) => outcome !== 'synced').map(({ table, outcome, holds }) => [table, outcome, holds])).toEqual([
          ['public.pinned', 'refused', 1],
        ]);
        expect(tables.get('public.pinned')?.reason).toBe(
          'public.stays references it and keeps its rows: replacing would delete its rows (stays_pinned_id_fkey)',
        );
        expect([result.verdict.kind, result.exitCode]).toEqual(['BLOCKER', 1]);
        expect(plan?.constraints).toContain('may not set session_replication_role');
        expect(plan?.transactions.map((group) => [...group].sort())).toEqual([['public.a', 'public.b', 'public.c']]);
        expect((await run('select id, b_id, v from a order by id')).rows).toEqual([
          { id: 1, b_id: 1, v: 'neutral' },
          { id: 2, b_id: 2, v: 'neutral' },
        ]);
        expect((await run('select distinct v from b')).rows).toEqual([{ v: 'neutral' }]);
        expect((await run('select count(*)::int as n from stays')).rows).toEqual([{ n: 1 }]);
        expect((await run('select count(*)::int as n from log')).rows).toEqual([{ n: 0 }]);
        expect((await run("select tgenabled from pg_trigger where tgname = 'note'")).rows).toEqual([{ tgenabled: 'O' }]);
        expect((await run('select relforcerowsecurity from pg_class where relname = $$c$$')).rows).toEqual([{ relforcerowsecurity: true }]);
        expect((await run('select * from upserted order by id')).rows.map(({ v, kept }) => `${v} ${kept}`)).toEqual(['p kept', 'old kept', 'p null']);
        expect((await run('select count(*)::int as n from parted_2')).rows).toEqual([{ n: 51 }]);
        expect((await run('select conname, condeferrable, condeferred from pg_constraint where contype = $$f$$ order by 1')).rows).toEqual(before);
        expect((await run("insert into alone (v) values ('new') returning id")).rows).toEqual([{ id: 31 }]);
      });
    });
  } finally {
    // A failed test keeps its database, and the role with it.
    await ask(server, `drop role if exists ${role}`).catch(() => undefined);
  }
});
