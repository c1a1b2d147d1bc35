import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { withDatabase } from '../support/databases.ts';
import { syncOnce } from '../sync/sync-stage.ts';

const unmasked = { settings: { masking: undefined } };
type Synced = Awaited<ReturnType<typeof syncOnce>>;
const failureOf = ({ events }: Synced) => events.find((event) => event.type === 'failure')?.failure;
const endOf = ({ result, tables }: Synced) => [result.verdict.kind, result.exitCode, tables.size];
const toldOf = ({ tables }: Synced) =>
  [...tables.values()].map(({ table, outcome, holds, sqlstate }) => [table.replace('public.', ''), outcome, holds, sqlstate]);

const schema = `
  create extension citext;
  create table plain (id int primary key, v text);
  create table uniques (id int primary key, code text unique, v text);
  create table always (id int primary key, n int generated always as identity, v text);
  create table by_default (id int generated always as identity primary key, n int, twice int generated always as (n * 2) stored);
  create table keys (a int, b text, primary key (b, a));
  create table folded (name citext primary key, v text);
  create table late (id int, v text, primary key (id) deferrable);
  create table ruled (id int primary key, v text);
  create table keyless (v text);
  create table empty_here (id int primary key, v text);
  create table full_here (id int primary key, v text);
  create table skipped (id int primary key, v text);`;
const production = `${schema}
  insert into plain values (1, 'p'), (3, 'p'); insert into uniques values (1, 'x', 'p'), (3, 'taken', 'p');
  insert into always values (1, default, 'p'), (2, default, 'p'); insert into by_default (n) values (10), (20);
  insert into keys values (1, 'p'), (2, 'p'); insert into folded values ('Ada', 'p'), ('bob', 'p'); insert into late values (1, 'p'); insert into ruled values (1, 'p');
  insert into keyless values ('p'); insert into empty_here values (1, 'p'); insert into full_here values (1, 'p'); insert into skipped values (1, 'p'); analyze`;
const staging = `${schema}
  create rule r as on insert to ruled do also select 1;
  insert into plain values (1, 'old'), (2, 'old'); insert into uniques values (1, 'x', 'old'), (2, 'taken', 'old');
  insert into always values (1, default, 'old'); insert into by_default (n) values (1); insert into keys values (1, 'p'), (9, 'old');
  insert into folded values ('ADA', 'old'), ('zoe', 'old'); insert into late values (1, 'old'); insert into ruled values (1, 'old'); insert into keyless values ('old');
  insert into full_here values (7, 'old'); insert into skipped values (7, 'old');`;

test('each mode, with rows on both sides: what can’t be added is told, and nothing of it is there', async () => {
  await withDatabase(15, production, async (there) => {
    await withDatabase(18, staging, async (here, run) => {
      const modes = { empty_here: 'only-if-empty', full_here: 'only-if-empty', skipped: 'skip' } as const;
      const synced = await syncOnce(there, here, { ...unmasked, sync: { tables: { mode: 'upsert', modes } } });
      expect(toldOf(synced)).toEqual([
        ['always', 'refused', 1, undefined],
        ['by_default', 'synced', 2, undefined],
        ['empty_here', 'synced', 1, undefined],
        ['folded', 'synced', 3, undefined],
        ['full_here', 'kept', 1, undefined],
        ['keyless', 'refused', 1, undefined],
        ['keys', 'synced', 3, undefined],
        ['late', 'refused', 1, '55000'],
        ['plain', 'synced', 3, undefined],
        ['ruled', 'synced', 1, undefined],
        // Another unique key has the value already.
        ['uniques', 'failed', 2, '23505'],
      ]);
      expect(synced.tables.get('public.always')?.reason).toContain('upsert can’t change column n');
      expect(synced.tables.get('public.late')).toMatchObject({ mode: 'upsert', reason: expect.stringContaining('which is DEFERRABLE') });
      expect(synced.plan?.leftOut).toEqual([{ table: 'public.skipped', why: 'skipped, as configured (sync.tables.modes)' }]);
      expect([synced.result.verdict.kind, synced.result.exitCode]).toEqual(['BLOCKER', 1]);
      const all = `select string_agg(name || ' ' || v, ', ' order by name) as v from folded union all select string_agg(id || ' ' || v, ', ' order by id) from plain
        union all select string_agg(id || ' ' || code || ' ' || v, ', ' order by id) from uniques union all select string_agg(id || ' ' || n || ' ' || twice, ', ' order by id) from by_default`;
      expect((await run(all)).rows.map(({ v }) => v)).toEqual(['Ada p, bob p, zoe old', '1 p, 2 old, 3 p', '1 x old, 2 taken old', '1 10 20, 2 20 40']);
    });
  });
});

test('what is asked for and isn’t there is a mistake, and nothing synced is no PASS', async () => {
  await withDatabase(15, production, async (there, runThere) => {
    await withDatabase(18, `${staging} create table only_here (id int)`, async (here, run) => {
      const skips = { tables: { modes: { skipped: 'skip' } } } as const;
      for (const name of ['only_here', 'skipped'])
        expect([name, endOf(await syncOnce(there, here, { ...unmasked, tables: [name], sync: skips }))]).toEqual([name, ['INCONCLUSIVE', 3, 0]]);
      for (const tables of [['nothing'], ['*.nothing'], ['keyless', 'PLAIN'], ['Public.plain']]) {
        const synced = await syncOnce(there, here, { ...unmasked, tables });
        expect([endOf(synced), failureOf(synced)?.message]).toEqual([['INCONCLUSIVE', 2, 0], `${tables.at(-1)} means no table of either side.`]);
      }
      // What keeps production's rows harmless would never run.
      const mistyped = await syncOnce(there, here, { ...unmasked, sync: { neutralise: [{ table: 'plian', sql: 'update plain set v = null' }] } });
      expect([endOf(mistyped), failureOf(mistyped)?.message]).toEqual([
        ['INCONCLUSIVE', 2, 0],
        'sync.neutralise: staging has no table plian, so that what belongs to it would never run.',
      ]);
      await run(`alter database ${here.database} set default_transaction_read_only = on`);
      const readOnly = await syncOnce(there, here, { ...unmasked, stamps: false });
      expect([endOf(readOnly), failureOf(readOnly)?.code]).toEqual([['INCONCLUSIVE', 2, 0], 'staging-unproven']);
      expect((await run('select string_agg(v, $$ $$) as v from plain')).rows).toEqual([{ v: 'old old' }]);
      expect((await runThere('select count(*)::int as n from plain')).rows).toEqual([{ n: 2 }]);
    });
  });
});

test('a reader that may read tables alone is enough; a writer that may not move a sequence is told so before', async () => {
  const [reader, writer] = [`reader_${randomBytes(4).toString('hex')}`, `writer_${randomBytes(4).toString('hex')}`];
  await withDatabase(15, production, async (there, runThere) => {
    await runThere(`create role ${reader} login; grant select on all tables in schema public to ${reader}`);
    try {
      await withDatabase(18, staging, async (here, run) => {
        await run(`create role ${writer} login; grant all on all tables in schema public to ${writer}; grant create on database ${here.database} to ${writer}`);
        try {
          const synced = await syncOnce({ ...there, user: reader }, here, unmasked);
          expect([failureOf(synced), ...endOf(synced)]).toEqual([undefined, 'PASS', 0, 12]);
          expect(synced.plan?.tables.find(({ table }) => table === 'public.always')?.notes).toEqual([
            'Production’s role may not read public.always_n_seq: staging’s sequence goes on after the rows that came.',
          ]);
          expect((await run('insert into always (id) values (9) returning n')).rows).toEqual([{ n: 3 }]);
          const refused = await syncOnce(there, { ...here, user: writer }, { ...unmasked, tables: ['always', 'plain'] });
          expect(toldOf(refused)).toEqual([
            ['always', 'refused', 3, '42501'],
            ['plain', 'synced', 2, undefined],
          ]);
          expect(refused.tables.get('public.always')?.cure).toBe('On staging: grant select, update on sequence public.always_n_seq to it, or use the owner.');
        } finally {
          await run(`drop owned by ${writer}; drop role ${writer}`);
        }
      });
    } finally {
      await runThere(`drop owned by ${reader}; drop role ${reader}`);
    }
  });
});

test('only-if-empty by a role that may neither update, delete nor truncate: refused before, since it could not keep others from filling the table', async () => {
  const writer = `writer_${randomBytes(4).toString('hex')}`;
  await withDatabase(15, production, async (there) => {
    await withDatabase(18, staging, async (here, run) => {
      await run(
        `create role ${writer} login; grant select, insert on all tables in schema public to ${writer}; grant create on database ${here.database} to ${writer}`,
      );
      try {
        const sync = () => syncOnce(there, { ...here, user: writer }, { ...unmasked, tables: ['empty_here'], sync: { tables: { mode: 'only-if-empty' } } });
        const refused = await sync();
        expect(toldOf(refused)).toEqual([['empty_here', 'refused', 0, '42501']]);
        expect(refused.tables.get('public.empty_here')).toMatchObject({
          mode: 'only-if-empty',
          reason: expect.stringContaining('lacks UPDATE, DELETE, TRUNCATE on it'),
          cure: 'On staging: grant update on public.empty_here to it, or use the owner.',
        });
        for (const right of ['update', 'delete', 'truncate']) {
          await run(`delete from empty_here; revoke update, delete, truncate on empty_here from ${writer}; grant ${right} on empty_here to ${writer}`);
          expect([right, ...toldOf(await sync())]).toEqual([right, ['empty_here', 'synced', 1, undefined]]);
        }
      } finally {
        await run(`drop owned by ${writer}; drop role ${writer}`);
      }
    });
  });
});

test.each(['postgres', 'owner'] as const)('triggers that partitions have otherwise than their root are silent, and put back exactly, as %s', async (as) => {
  const parted = `create table parted (id int, v text) partition by range (id); create table low partition of parted for values from (0) to (10) partition by range (id);
    create table lowest partition of low for values from (0) to (5); create table high partition of parted for values from (10) to (20)`;
  const owner = `owner_${randomBytes(4).toString('hex')}`;
  await withDatabase(15, `${parted}; insert into parted values (1, 'p'), (12, 'p'); analyze`, async (there) => {
    await withDatabase(18, '', async (admin, run) => {
      await run(`create role ${owner} login; alter database ${admin.database} owner to ${owner}; grant create on schema public to ${owner}; set role ${owner}; ${parted};
        create function spoil() returns trigger language plpgsql as $$ begin new.v := 'spoilt'; return new; end $$;
        create trigger spoil before insert on parted for each row execute function spoil();
        create trigger own before insert on lowest for each row execute function spoil();
        create trigger always before insert on high for each row execute function spoil();
        alter table only high disable trigger spoil; alter table only low enable replica trigger spoil; alter table only lowest enable always trigger spoil;
        alter table high enable always trigger always`);
      try {
        const states =
          "select string_agg(tgrelid::regclass || ' ' || tgname || ' ' || tgenabled::text, ', ' order by tgrelid::regclass::text, tgname) as s from pg_trigger";
        const before = (await run(states)).rows;
        expect(before).toEqual([{ s: 'high always A, high spoil D, low spoil R, lowest own O, lowest spoil A, parted spoil O' }]);
        const synced = await syncOnce(there, as === 'owner' ? { ...admin, user: owner } : admin, unmasked);
        expect([toldOf(synced), synced.result.verdict.kind]).toEqual([[['parted', 'synced', 2, undefined]], 'PASS']);
        expect((await run('select distinct v from parted')).rows).toEqual([{ v: 'p' }]);
        expect((await run(states)).rows).toEqual(before);
      } finally {
        await run(`reassign owned by ${owner} to postgres; drop owned by ${owner}; drop role ${owner}`);
      }
    });
  });
});
