import { expect, test } from 'vitest';
import { type Major, withDatabase } from '../../../test/support/databases.ts';
import { ask } from '../../../test/support/own-server.ts';
import { testContext } from '../../../test/support/test-context.ts';
import type { TableHash } from '../../core/data.ts';
import { saltSetting } from '../../core/masking.ts';
import { Secret } from '../../core/secret.ts';
import type { Address } from '../../core/server.ts';
import { openUrl } from '../../source/url.ts';
import { hashAs } from './hash-as.ts';
import { columnHashQuery, hashQuery, rowHashQuery } from './hash-query.ts';
import { hashColumns, hashSource, hashTables, openHasher } from './hash-tables.ts';
import { hashableTables } from './hashable-tables.ts';
import { type NullShare, rowHash } from './row-hash.ts';
import { valueHash } from './value-hash.ts';

const values = `
  create extension if not exists citext;
  create type mood as enum ('sad', 'ok');
  create type pair as (a int, b text);
  create domain short as character(5);
  create collation if not exists anycase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
  create table t (id int, name text, padded char(5), blanks bpchar, dom short, ratio float8, amount numeric, cash money, at timestamptz, span interval,
    raw bytea, doc json, docb jsonb, page xml, mood mood, pair pair, pairs pair[], byte "char", kind regclass, loose text collate anycase, ci citext, grid int[],
    big bigint, small smallint, day date, key uuid, single real, yes boolean);
  insert into t values
    (1, 'a', 'x', 'x ', 'y', 0.1, 1.0, 12.5, '2026-01-02 03:04:05.123456+00', '1 mon', '\\x00ff', '{"a": 1}', '{"a": 1.0}', '<?xml version="1.0"?><a/>',
     'sad', (1, 'p'), array[(1, 'p')::pair, null], 'c', 'pg_class', 'a', 'a', '[2:3]={1,2}',
     4294967296, 1, '2026-01-02', '00000000-0000-0000-0000-000000000001', 0.1, true),
    (2, 'b', null, '', 'z', 'NaN', 'NaN', 0, 'infinity', '30 days', '', 'null', 'null', null, 'ok', (null, null), '{}', '\\200', 't', 'b', 'B', '{{1},{2}}', 4294967295, -1, 'infinity', null, 'NaN', false),
    (3, null, '', null, null, 0, 'Infinity', null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
     -9223372036854775808, null, '-infinity', null, 0, null);`;

async function hashOf(address: Address): Promise<TableHash> {
  const [hash] = await hashTables(testContext(), address, { jobs: 1 });
  if (hash === undefined) throw new Error('no table');
  return hash;
}

const changed = (before: TableHash, after: TableHash) => ({
  rows: after.rows - before.rows,
  row: before.rowHash !== after.rowHash,
  columns: after.columns.filter(({ hash }, at) => hash !== before.columns[at]?.hash).map(({ column }) => column),
});

/** Each of these is one fault that a copy might have; counts of rows see only two of them. */
const faults = {
  'one value altered': { sql: "update t set name = 'A' where id = 1", columns: ['name'] },
  'two values exchanged between rows': { sql: "update t set name = case name when 'a' then 'b' else 'a' end where id < 3", columns: [] },
  'the values of two columns exchanged': {
    sql: "update t set ci = 'x'; update t set name = 'x'; update t set name = 'left', ci = 'right' where id = 1",
    columns: ['ci', 'name'],
  },
  'a row lost, another twice': { sql: 'delete from t where id = 3; insert into t select * from t where id = 2', columns: undefined },
  'a row lost': { sql: 'delete from t where id = 3', columns: ['id', 'padded', 'ratio', 'amount', 'big', 'day', 'single'], rows: -1 },
  'null became zero': { sql: 'update t set small = 0 where id = 3', columns: ['small'] },
  'null became no key': { sql: "update t set key = '00000000-0000-0000-0000-000000000000' where id = 3", columns: ['key'] },
  'null changed its column': { sql: 'update t set big = null, small = 7 where id = 3', columns: ['big', 'small'] },
  'null became the empty string': { sql: "update t set name = '' where id = 3", columns: ['name'] },
  'zero became negative zero': { sql: "update t set ratio = '-0' where id = 3", columns: ['ratio'] },
  'a scale was lost': { sql: 'update t set amount = 1 where id = 1', columns: ['amount'] },
  'a scale inside of jsonb was lost': { sql: `update t set docb = '{"a": 1}' where id = 1`, columns: ['docb'] },
  'the white space of json was lost': { sql: `update t set doc = '{"a":1}' where id = 1`, columns: ['doc'] },
  'trailing blanks were lost': { sql: "update t set blanks = 'x' where id = 1", columns: ['blanks'] },
  'an interval is as long, and another': { sql: "update t set span = '1 mon' where id = 2", columns: ['span'] },
  'another case, equal by its collation': { sql: "update t set loose = 'A' where id = 1", columns: ['loose'] },
  'another case, equal by its type': { sql: "update t set ci = 'b' where id = 2", columns: ['ci'] },
  'a microsecond': { sql: "update t set at = at + '0.000001' where id = 1", columns: ['at'] },
  'the last bit of a float': { sql: 'update t set ratio = 0.2000000000000002 where id = 1', columns: ['ratio'] },
  'a lower bound was lost': { sql: "update t set grid = '{1,2}' where id = 1", columns: ['grid'] },
  'a sign was lost': { sql: 'update t set amount = -1.0 where id = 1', columns: ['amount'] },
  'no number became an infinite one': { sql: "update t set amount = 'Infinity' where id = 2", columns: ['amount'] },
  'infinity changed its sign': { sql: "update t set amount = '-Infinity' where id = 3", columns: ['amount'] },
  'the upper half of a number was lost': { sql: 'update t set big = 1 where id = 1', columns: ['big'] },
  'a number became signed': { sql: 'update t set big = -1 where id = 2', columns: ['big'] },
  'a day is another': { sql: 'update t set day = day + 1 where id = 1', columns: ['day'] },
  'the end of days became their beginning': { sql: "update t set day = '-infinity' where id = 2", columns: ['day'] },
  'false became null': { sql: 'update t set yes = null where id = 2', columns: ['yes'] },
  'another key': { sql: "update t set key = '00000000-0000-0000-0000-000000000002' where id = 1", columns: ['key'] },
  'a row of nulls became null': { sql: 'update t set pair = null where id = 2', columns: ['pair'] },
} satisfies Record<string, { sql: string; columns: readonly string[] | undefined; rows?: number }>;

test('every kind of fault shows in the column that has it, and in the rows', async () => {
  await withDatabase(18, values, async (address, run) => {
    const before = await hashOf(address);
    for (const [name, { sql, columns, ...fault }] of Object.entries(faults)) {
      await run(`create table kept as table t`);
      await run(sql);
      const found = changed(before, (await hashTables(testContext(), address, { jobs: 1 })).find(({ table }) => table === 't') as TableHash);
      expect(found, name).toMatchObject({ row: true, rows: 'rows' in fault ? fault.rows : 0 });
      if (columns !== undefined) expect([...found.columns].sort(), name).toEqual([...columns].sort());
      await run('truncate t; insert into t table kept; drop table kept');
      expect(changed(before, await hashOf(address)), `after ${name}`).toEqual({ rows: 0, row: false, columns: [] });
    }
  });
});

test('equal content is equal on both majors, whatever order, layout and settings', async () => {
  await withDatabase(15, values, async (older) => {
    await withDatabase(18, '', async (newer, run) => {
      for (const setting of [
        "datestyle = 'German'",
        "intervalstyle = 'iso_8601'",
        "timezone = 'Asia/Tokyo'",
        'extra_float_digits = -5',
        "bytea_output = 'escape'",
        "lc_monetary = 'C'",
      ])
        await run(`alter database ${newer.database} set ${setting}`);
      await run(
        values
          .replace('create table t (', 'create table t (gone int default 7, ')
          .replace(/insert into t values/, 'alter table t drop column gone; insert into t values'),
      );
      await run(
        'create table again as table t; truncate t; insert into t select * from again order by id desc; drop table again; create index on t (id); cluster t using t_id_idx',
      );
      expect(await hashTables(testContext(), newer)).toEqual(await hashTables(testContext(), older));
    });
  });
});

test('what is widened is the same: integers, texts of other types, and longer char', async () => {
  const numbers = 'values (0), (1), (-1), (32767), (-32768), (null)';
  const texts = "values ('a'), ('true'), ('')";
  await withDatabase(
    15,
    `create table i as select column1::int4 as v from (${numbers}) x; create table i2 as select v::int2 from i; create table i8 as select v::int8 from i;
     create domain word as varchar(9); create table t as select column1::text as v from (${texts}) x; create table t2 as select v::word from t;
     create table b as select true as v union all select false; create table b2 as select v::text from b;
     create table c as select column1::char(3) as v from (values ('a'), ('é '), ('')) x; create table c2 as select v::char(9) from c`,
    async (address) => {
      const hashes = new Map((await hashTables(testContext(), address, { jobs: 1 })).map(({ table, rowHash, columns }) => [table, { rowHash, columns }]));
      for (const [narrow, wide] of [
        ['i2', 'i'],
        ['i', 'i8'],
        ['t2', 't'],
        ['b', 'b2'],
        ['c', 'c2'],
      ] as const)
        expect(hashes.get(narrow), narrow).toEqual(hashes.get(wide));
      const place = { schema: 'public', table: 'c2', tree: false, column: 'v' };
      expect(await hashAs(testContext(), address, { ...place, type: 'character(3)' })).toEqual(hashes.get('c')?.columns[0]);
    },
  );
});

test('workers add up what they read, and hand on no rows', async () => {
  await withDatabase(15, 'create table t (a int, b text, c numeric)', async (address, run) => {
    await run("insert into t select n, 'x' || n, n from generate_series(1, 5000) n; analyze t");
    await using session = await openHasher(testContext(), address);
    await session.execute(
      `set max_parallel_workers_per_gather = 1; set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set min_parallel_table_scan_size = 0`,
    );
    const [table] = await hashableTables(session);
    if (table === undefined) throw new Error('no table');
    for (const query of [hashQuery(table, {}), columnHashQuery(table, {}), rowHashQuery(table)]) {
      const plan = await session.query<{ 'QUERY PLAN': string }>(`explain (costs off) ${query}`);
      expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain('Partial Aggregate');
    }
  });
});

test('what is known of nulls changes no hash: declared, told by statistics, wrongly told by them, unknown', async () => {
  const columns = ['a smallint', 'b int', 'c bigint', 'd uuid', 'e text', 'f bool'];
  const filled = `select n, n, n * 3000000000 - 6000, md5(n::text)::uuid, repeat('x', 7000) || n, n % 2 = 0 from generate_series(1, 200) n`;
  const table = (nulls: string) =>
    `create table t (${columns.map((column) => column + nulls).join(', ')}) with (autovacuum_enabled = off); alter table t alter e set storage plain;`;
  const [known, unknown] = [`${table('')} insert into t ${filled}; analyze t`, `${table('')} insert into t ${filled}`];
  // Every pattern of nulls in six columns.
  const values = ['7', '8', '9::bigint << 40', "'00000000-0000-0000-0000-000000000009'::uuid", "'y'", 'true'];
  const holes = `insert into t select ${values.map((value, at) => `case when n & ${1 << at} = 0 then ${value} end`).join(', ')} from generate_series(0, 63) n`;
  await withDatabase(18, known, async (left, fillLeft) => {
    await using session = await openHasher(testContext(), left);
    const knowledge = async () => (await hashableTables(session)).flatMap((one) => one.columns.map(({ nulls }) => nulls));
    expect(await knowledge()).toEqual(columns.map(() => 'seldom'));
    await withDatabase(15, `${table(' not null')} insert into t ${filled}`, async (declared) =>
      expect(await hashTables(testContext(), left)).toEqual(await hashTables(testContext(), declared)),
    );
    await withDatabase(15, unknown, async (right, fillRight) => {
      await fillLeft(holes);
      await fillRight(holes);
      expect(await knowledge()).toEqual(columns.map(() => 'seldom'));
      const expected = await hashTables(testContext(), right);
      expect(await hashTables(testContext(), left)).toEqual(expected);
      const forged = expected.map((one) => ({ ...one, columns: one.columns.map((column) => ({ ...column, hash: 'taken over' })) }));
      expect(await hashTables(testContext(), left, { expected: forged })).toEqual(forged);
      expect(await hashColumns(testContext(), left)).toEqual(expected.map(({ rowHash: _, ...one }) => one));
      const distinct = async (nulls: NullShare) => {
        const [one] = await hashableTables(session);
        const parts = one?.columns.map(({ name, way }) => ({ way, value: name, hash: valueHash(name, way), nulls })) ?? [];
        const [row] = await session.query<{ n: number }>(`select count(distinct ${rowHash(parts)})::int as n from public.t where e is null or e = 'y'`);
        return row?.n;
      };
      expect([await distinct('seldom'), await distinct('some')]).toEqual([64, 64]);
    });
  });
});

test('tables that hold what was expected aren’t hashed by column, and the others are', async () => {
  await withDatabase(18, 'create table a (x int, y text); create table b (x int, y text); create table c (n int)', async (address, run) => {
    await run("insert into a values (1, 'p'), (2, null), (null, 'q'); insert into b table a; insert into c values (1)");
    const before = await hashTables(testContext(), address);
    const forged = before.map((table) => ({ ...table, columns: table.columns.map((column) => ({ ...column, hash: 'taken over' })) }));
    await run("update b set y = case y when 'p' then 'q' when 'q' then 'p' end; alter table c rename n to m");
    const again = await hashTables(testContext(), address, { expected: forged });
    expect(again.map(({ table, columns }) => [table, columns.every(({ hash }) => hash === 'taken over')])).toEqual([
      ['a', true],
      ['b', false],
      ['c', false],
    ]);
    expect(again.slice(1)).toEqual((await hashTables(testContext(), address)).slice(1));
  });
});

test('a sample holds the same rows on both sides, as many as asked for; without a key, or with few rows, there is none', async () => {
  const rows = (order: string) => `create table a (x text, n int, y text, primary key (n, x));
    insert into a select 'x' || g, g, 'y' || g from generate_series(1, 6000) g order by g ${order};
    create table few (n int primary key); insert into few select generate_series(1, 900); create table keyless (n int); insert into keyless table few`;
  const sample = { percent: 50 };
  await withDatabase(18, rows('asc'), async (left, run) => {
    const hashes = await hashTables(testContext(), left, { sample });
    expect(hashes.map(({ table, sampledPercent }) => [table, sampledPercent])).toEqual([
      ['a', 50],
      ['few', undefined],
      ['keyless', undefined],
    ]);
    const [chosen = 0] = hashes.map((table) => table.rows);
    expect(Math.abs(chosen - 3000)).toBeLessThan(300);
    await withDatabase(15, rows('desc'), async (right) => expect(await hashTables(testContext(), right, { sample })).toEqual(hashes));
    await run("alter table a rename x to zz; alter table a alter n type bigint; update a set y = 'z'");
    const [again] = await hashTables(testContext(), left, { sample: { percent: 50, keyOf: ({ table }) => (table === 'a' ? ['n', 'zz'] : []) } });
    expect(again).toMatchObject({ rows: chosen, sampledPercent: 50 });
    const hashOf = (name: string) => again?.columns.find(({ column }) => column === name)?.hash;
    const before = hashes[0]?.columns.map(({ hash }) => hash);
    expect([hashOf('n'), hashOf('zz')]).toEqual(before?.slice(0, 2));
    expect(hashOf('y')).not.toBe(before?.[2]);
  });
});

const workersQuery = 'select parallel_workers_to_launch::int as n from pg_stat_database where datname = current_database()';

test('a table is read in parts, by sessions or by workers of the server, and trees that hash enums as one', async () => {
  const tree = `create type e as enum ('a', 'b', 'c', 'd'); create table p (e e, n int) partition by hash (e);
    create table p0 partition of p for values with (modulus 2, remainder 0); create table p1 (n int, e e);
    alter table p attach partition p1 for values with (modulus 2, remainder 1);`;
  await withDatabase(18, `${tree} create table large (n int, c text); alter table large alter c set storage plain;`, async (address, run) => {
    await run("insert into p select (array['a', 'b', 'c', 'd']::e[])[1 + n % 4], n from generate_series(1, 100) n");
    // One row a page.
    await run("insert into large select n, repeat('x', 7000) from generate_series(1, 330) n");
    const whole = await hashTables(testContext(), address, { jobs: 3, partPages: 100, workers: false });
    const planned = async () => ((await run(workersQuery)).rows[0] as { n: number } | undefined)?.n;
    expect(await planned()).toBe(0);
    expect(await hashTables(testContext(), address, { jobs: 3, partPages: 100 })).toEqual(whole);
    await expect.poll(planned, { timeout: 20_000 }).toBe(2);
    // A table that wants none is read by sessions again.
    await run('alter table large set (parallel_workers = 0)');
    expect(await hashTables(testContext(), address, { jobs: 3, partPages: 100 })).toEqual(whole);
    expect(whole.map(({ table, rows }) => [table, rows])).toEqual([
      ['large', 330],
      ['p', 100],
    ]);
    await withDatabase(15, "create type e as enum ('x'); create table p (n int, e text); create table large (n int, c text);", async (other, fill) => {
      await fill("insert into p select n, (array['a', 'b', 'c', 'd'])[1 + n % 4] from generate_series(1, 100) n");
      await fill("insert into large select n, repeat('x', 7000) from generate_series(330, 1, -1) n");
      expect(await hashTables(testContext(), other, { jobs: 1 })).toEqual(whole);
    });
  });
});

test.each([15, 18] as const)('1,600 columns, none, and a value of 20 MB on %i', async (major: Major) => {
  const many = Array.from({ length: 1600 }, (_, at) => `c${at} smallint`).join(', ');
  await withDatabase(major, `create table many (${many}); create table none (); create table large (v bytea, t text);`, async (address, run) => {
    await run(`insert into many (c0, c49, c50, c1599) values (1, 2, 3, 4); insert into none select from generate_series(1, 3);
      insert into large select convert_to(repeat('0123456789', 2000000), 'UTF8'), repeat('0123456789', 2000000)`);
    const before = await hashTables(testContext(), address);
    expect(before).toMatchObject([
      { table: 'large', rows: 1 },
      { table: 'many', rows: 1 },
      { table: 'none', rows: 3, columns: [] },
    ]);
    await run("update many set c50 = 2, c49 = 3; update large set t = overlay(t placing 'x' from 19999999)");
    const after = await hashTables(testContext(), address);
    expect(after.map((table, at) => changed(before[at] as TableHash, table))).toEqual([
      { rows: 0, row: true, columns: ['t'] },
      { rows: 0, row: true, columns: ['c49', 'c50'] },
      { rows: 0, row: false, columns: [] },
    ]);
  });
});

test('a source is hashed at its snapshot, and as it is masked', async () => {
  await withDatabase(15, "create table t (id int, mail text, code char(4)); insert into t values (1, 'a', 'ab'), (2, null, null)", async (address, run) => {
    const opened = await openUrl(testContext(), { url: `postgres://${address.user}@${address.host}:${address.port}/${address.database}`, allowPrimary: true });
    if (!opened.ok) throw new Error(opened.failure.message);
    await using source = opened.value;
    const atFirst = await hashTables(testContext(), address);
    await run("insert into t values (3, 'later')");
    expect(await hashSource(testContext(), source)).toEqual(atFirst);

    const expression = `case when mail is null then null else mail || current_setting('${saltSetting}') end`;
    const facts = { columns: [], largeObjects: 'none', salt: 'variable', fingerprint: '' } as const;
    const masking = { facts, salt: new Secret('0fTheSea'), tables: [{ schema: 'public', name: 't', columns: { mail: expression, code: "'x'" } }] };
    const masked = await hashSource(testContext(), { ...source, masking });
    await run("update t set mail = mail || '0fTheSea', code = 'x'; delete from t where id = 3");
    expect(masked).toEqual(await hashTables(testContext(), address));
  });
});

test('rows that a policy would hide are an error, not another hash', async () => {
  const role = `hidden_${Math.random().toString(36).slice(2)}`;
  await withDatabase(
    15,
    `create role ${role} login; create table t (id int); alter table t enable row level security; grant select on t to ${role}`,
    async (address) => {
      await expect(hashTables(testContext(), { ...address, user: role })).rejects.toThrow('row-level security');
      await ask(address, `drop owned by ${role}; drop role ${role}`);
    },
  );
});
