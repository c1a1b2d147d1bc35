import { expect, test } from 'vitest';
import { withDatabase } from '../support/databases.ts';
import { syncOnce, urlOf } from '../sync/sync-stage.ts';

const long = 'x'.repeat(63);
const hostile = [`a"b`, `two\nlines`, `ü–名前🙂`, long, `Mixed Case`, `a.b`, `x'; drop table t; --`, 'select', '*', '%s $1', ' blank '];
const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

const schema = `
  create extension citext;
  create type state as enum ('on', 'off');
  create type pair as (a int, "b ""c" text);
  create domain positive as numeric check (value > 0);
  create schema "S ""1""";
  create table emptyness (id int primary key);
  create table keyless (v text, n int);
  create table wide (id int generated always as identity primary key, twice int generated always as (n * 2) stored, n int, st state, sts state[], p pair, ps pair[], d positive,
    ds positive[], r int4range, rs int4range[], mr int4multirange, b bytea, x xml, m money, at timestamptz, local timestamp, t time, tz timetz, i interval, f float8, f4 float4, j json, jb jsonb,
    bits bit varying, ip inet, u uuid, ts tsvector, c char(5), nm name, "char" "char", a2 int[][], o oid, rc regclass, pt point, nums numeric, ci citext);
  create table parent (id int primary key, v text);
  create table child (more text) inherits (parent);
  create table parted (id int, region text, v text, primary key (id, region)) partition by list (region);
  create table parted_a partition of parted for values in ('a');
  create table parted_rest partition of parted default partition by hash (id);
  create table parted_rest_0 partition of parted_rest for values with (modulus 2, remainder 0);
  create table parted_rest_1 partition of parted_rest for values with (modulus 2, remainder 1);
  create table people (name citext primary key, v text);
  create table visits (id int primary key, who citext references people, v text);
  ${hostile.map((name, at) => `create table "S ""1""".${quote(name)} (${quote(name)} text primary key, n int default ${at})`).join(';\n')}`;

const rows = `${schema};
  insert into keyless select 'same', 1 from generate_series(1, 5);
  insert into keyless values (null, null), ('', 0), (E'\\\\N', 1), (E'a\\tb\\nc\\\\d', 2);
  insert into wide (n, st, sts, p, ps, d, ds, r, rs, mr, b, x, m, at, local, t, tz, i, f, f4, j, jb, bits, ip, u, ts, c, nm, "char", a2, o, rc, pt, nums, ci)
    select g, 'on', array['on', null, 'off']::state[], row(1, 'q"x,y')::pair, array[row(1, 'é')::pair, null], 1.50, array[2.0]::positive[], '[1,5)', array['empty'::int4range, '(,)'],
      '{[1,2),[5,6)}', '\\x00ff00', '<?xml version="1.0"?><a>ü</a>', 1234.56, '2025-03-30 02:30+01', 'infinity', '24:00', '12:00+05:30', '1 mon -3 days 00:00:00.000001', 0.1 + 0.2, 0.1::float4, '{"b":1, "a":2, "b":3}',
      '{"n": 1.500, "u": "\\u00e9"}', '10110', '10.0.0.1/8', md5(g::text)::uuid, 'a:1 b:2', 'ab', 'nm', 'x', array[[1,2],[3,4]], 42, 'parent'::regclass, '(0.1,-0)', 'NaN', 'CaSe'
    from generate_series(1, 3) g;
  insert into wide default values;
  insert into wide (f, f4, nums) values ('-0', 'NaN', 1.10), ('-infinity', '1e-38', 1e100), (5e-324, 3.4e38, 'infinity');
  insert into parent values (1, 'own'); insert into child values (2, 'of child', 'x');
  insert into parted select n, (array['a', 'b', 'c'])[1 + n % 3], 'v' from generate_series(1, 90) n;
  insert into people values ('Ada', 'p'), ('bob', 'p'); insert into visits values (1, 'ADA', 'p'), (2, 'Bob', 'p'), (3, null, 'p');
  ${hostile.map((name) => `insert into "S ""1""".${quote(name)} values (E'v', 1), ('w', 2)`).join(';\n')};
  analyze`;

const masks = {
  'public.people.name': { keep: 'names of nobody' },
  'public.wide.ip': { keep: 'addresses of nobody' },
  'public.wide.ts': { keep: 'two letters' },
};

test.each([
  [15, 15],
  [15, 18],
  [18, 15],
] as const)('names and types of every kind, from %i to %i', async (from, to) => {
  await withDatabase(from, rows, async (there, runThere) => {
    await withDatabase(to, schema, async (here, run) => {
      await run(`insert into parent values (7, 'old'); insert into child values (8, 'old', 'x'); insert into keyless values ('old', 0); insert into people values ('old', 'old');
        alter database ${here.database} set timezone = 'Asia/Kolkata'; alter database ${here.database} set datestyle = 'German, DMY'; alter database ${here.database} set intervalstyle = 'iso_8601';
        alter database ${here.database} set extra_float_digits = -5; alter database ${here.database} set bytea_output = 'escape'; alter database ${here.database} set statement_timeout = '1s';
        alter database ${here.database} set idle_session_timeout = '150ms'; alter database ${here.database} set lock_timeout = '1ms'`);
      const { result, tables, plan, findings } = await syncOnce(there, here, {
        settings: { masking: { columns: masks } },
        sync: {
          staging: { url: urlOf(here), allowProductionServer: { reason: 'both are made for this test' } },
          neutralise: [{ table: 'parent', sql: 'select pg_sleep(1.2)' }],
        },
      });
      expect([result.verdict.kind, result.exitCode, findings, plan?.leftOut]).toEqual(['PASS', 0, [], []]);
      const all = [...tables.keys()];
      expect(all).toHaveLength(8 + hostile.length);
      const content = `set timezone = 'UTC'; set datestyle = 'ISO'; set intervalstyle = 'postgres'; set extra_float_digits = 3; set statement_timeout = 0; set bytea_output = hex; ${all
        .map((table) => `select $t$${table}$t$ as t, md5(coalesce(string_agg(r::text, e'\\n' order by r::text), '')) as h, count(*) as n from only ${table} r`)
        .join(' union all ')
        .replace('from only public.parted', 'from public.parted')}`;
      const read = async (runOn: typeof run) => ((await runOn(content)) as unknown as { rows: unknown[] }[]).at(-1)?.rows;
      expect(await read(run)).toEqual(await read(runThere));
    });
  });
});

test('a key over periods holds where the referenced rows cover it together, and is told where they don’t (PostgreSQL 18)', async () => {
  const periods = `create extension btree_gist;
    create table rooms (room int, during daterange, primary key (room, during without overlaps));
    create table stays (id int primary key, room int, during daterange, foreign key (room, period during) references rooms (room, period during))`;
  const both =
    "insert into rooms values (1, '[2026-01-01,2026-02-01)'), (1, '[2026-02-01,2026-03-01)'); insert into stays values (1, 1, '[2026-01-20,2026-02-10)'); analyze";
  await withDatabase(18, `${periods}; ${both}`, async (there) => {
    await withDatabase(18, `${periods}; insert into rooms values (1, '[2026-05-01,2026-06-01)')`, async (here, run) => {
      const allowed = { staging: { url: urlOf(here), allowProductionServer: { reason: 'both are made for this test' } } };
      const synced = await syncOnce(there, here, { settings: { masking: undefined }, sync: allowed });
      expect([synced.result.verdict.kind, synced.findings]).toEqual(['PASS', []]);
      await run("insert into rooms values (1, '[2026-05-01,2026-06-01)'); insert into stays values (2, 1, '[2026-05-01,2026-05-05)')");
      const broken = await syncOnce(there, here, { settings: { masking: undefined }, sync: allowed, tables: ['rooms'] });
      expect([broken.result.verdict.kind, broken.findings]).toEqual(['BLOCKER', ['sync-foreign-keys:constraint:stays_room_during_fkey on public.stays']]);
    });
  });
});
