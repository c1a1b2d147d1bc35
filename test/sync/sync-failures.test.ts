import { expect, test } from 'vitest';
import { withDatabase } from '../support/databases.ts';
import { syncOnce } from './sync-stage.ts';

const production = `
  create table good (id int primary key, v text);
  create table parent (id int primary key, v text);
  create table checked (id int primary key, v text, parent_id int references parent);
  create table narrow (id int primary key, v text);
  create table missing (id int primary key);
  create table needy (id int primary key);
  create table hollow (id int primary key, v text);
  create table counted (id int primary key, v text);
  insert into good select n, 'p' || n from generate_series(1, 5) n;
  insert into parent select n, 'p' from generate_series(10, 12) n;
  insert into checked values (1, 'fine', 10), (2, 'wrong', 11);
  insert into narrow values (1, '007'), (2, '12');
  insert into needy values (1);
  insert into counted select n, 'p' from generate_series(1, 3) n;
  analyze;
  update pg_class set reltuples = 50 where relname = 'hollow'`;

const staging = `
  create domain short as text check (value <> 'wrong');
  create table good (id int primary key, v text);
  create table parent (id int primary key, v text);
  create table checked (id int primary key, v short, parent_id int references parent);
  create table narrow (id int primary key, v integer);
  create table needy (id int primary key, owner_id int not null);
  create table hollow (id int primary key, v text);
  create table counted (id int primary key, v text);
  create function spoil() returns trigger language plpgsql as $$ begin new.v := 'spoilt'; return new; end $$;
  create trigger spoil before insert on counted for each row execute function spoil();
  alter table counted enable always trigger spoil;
  insert into good values (1, 'old');
  insert into parent values (1, 'old');
  insert into checked values (7, 'old', 1);
  insert into narrow values (1, 1);
  insert into needy values (9, 9);
  insert into hollow values (1, 'old'), (2, 'old')`;

test('what fails or is refused is told with its reason, and keeps its old rows; the others come', async () => {
  await withDatabase(15, production, async (there) => {
    await withDatabase(18, staging, async (here, run) => {
      const whole = await syncOnce(there, here, {
        settings: { masking: undefined },
        sync: { tables: { transaction: 'all' } },
        tables: ['good', 'checked', 'parent'],
      });
      expect(whole.result.exitCode).toBe(1);
      expect([...whole.tables.values()].map(({ table, outcome, holds }) => [table, outcome, holds])).toEqual([
        ['public.checked', 'failed', 1],
        ['public.good', 'undone', 1],
        ['public.parent', 'undone', 1],
      ]);
      const { result, tables, findings } = await syncOnce(there, here, { settings: { masking: undefined } });
      expect({ kind: result.verdict.kind, exitCode: result.exitCode }).toEqual({ kind: 'BLOCKER', exitCode: 1 });
      const told = [...tables.values()].map(({ table, outcome, holds, sqlstate, column, line }) => ({ table, outcome, holds, sqlstate, column, line }));
      expect(told).toEqual([
        { table: 'public.checked', outcome: 'failed', holds: 1, sqlstate: '23514', column: 'v', line: 2 },
        { table: 'public.counted', outcome: 'synced', holds: 3 },
        { table: 'public.good', outcome: 'synced', holds: 5 },
        { table: 'public.hollow', outcome: 'refused', holds: 2 },
        // Staging has no such table: there is nothing to count.
        { table: 'public.missing', outcome: 'refused' },
        { table: 'public.narrow', outcome: 'refused', holds: 1, column: 'v' },
        { table: 'public.needy', outcome: 'refused', holds: 1, column: 'owner_id' },
        { table: 'public.parent', outcome: 'synced', holds: 3 },
      ]);
      expect(tables.get('public.narrow')?.reason).toContain('1 of 2 rows have a value that would be another one');
      expect(tables.get('public.hollow')?.reason).toContain('reads as empty, and production’s statistics know of about 50 rows');
      // A trigger that always fires was kept from altering rows, and is as it was.
      expect((await run('select distinct v from counted')).rows).toEqual([{ v: 'p' }]);
      expect((await run("select tgenabled from pg_trigger where tgname = 'spoil'")).rows).toEqual([{ tgenabled: 'A' }]);
      expect((await run('select * from checked')).rows).toEqual([{ id: 7, v: 'old', parent_id: 1 }]);
      // Its old rows reference what production has not: nobody is told that the key holds.
      expect(findings).toContain('sync-foreign-keys:constraint:checked_parent_id_fkey on public.checked');
      expect(findings).toContain('sync-tables:table:public.checked:failed');
    });
  });
});

test('nothing is changed where staging isn’t proven, the sides are swapped or the same', async () => {
  const table = "create table t (id int primary key, v text); insert into t values (1, 'x'); analyze";
  await withDatabase(15, table, async (there) => {
    await withDatabase(18, "create table t (id int primary key, v text check (v = 'y')); create table u (id int primary key)", async (here, run) => {
      const plain = { settings: { masking: undefined } };
      const codes = async (from: typeof there, to: typeof here, change: Parameters<typeof syncOnce>[2] = {}) => {
        const { result, events } = await syncOnce(from, to, { ...plain, stamps: false, ...change });
        return [result.verdict.kind, result.exitCode, ...events.flatMap((event) => (event.type === 'failure' ? [event.failure.code] : []))];
      };
      expect(await codes(there, here)).toEqual(['INCONCLUSIVE', 2, 'staging-unproven']);
      expect(await codes(there, there)).toEqual(['INCONCLUSIVE', 2, 'staging-unproven']);
      const { result: failed, tables } = await syncOnce(there, here, plain);
      expect([failed.exitCode, tables.get('public.t')?.outcome, tables.get('public.t')?.sqlstate]).toEqual([1, 'failed', '23514']);
      // Stamped now: as production it is refused.
      expect(await codes(here, there, { sync: { staging: { url: urlWith(there), identity: { database: there.database } } } })).toEqual([
        'INCONCLUSIVE',
        2,
        'sync-wrong-side',
      ]);
      expect(await codes(there, here, { sync: { staging: { url: urlWith(here), identity: { host: 'staging.example' } } } })).toEqual([
        'INCONCLUSIVE',
        2,
        'sync-wrong-side',
      ]);
      expect(await codes(here, here, { sync: { production: { url: urlWith(here), allowPrimary: true } } })).toEqual(['INCONCLUSIVE', 2, 'sync-wrong-side']);
      expect((await run('select count(*)::int as n from t')).rows).toEqual([{ n: 0 }]);
      await run("comment on schema pgrehearse_staging is 'pgrehearse sync: this database is staging (1/2/other)'");
      expect(await codes(there, here)).toEqual(['INCONCLUSIVE', 2, 'staging-unproven']);
    });
  });
});

function urlWith({ user, host, port, database }: { readonly user: string; readonly host: string; readonly port: number; readonly database: string }): string {
  return `postgres://${user}@${host}:${port}/${database}`;
}
