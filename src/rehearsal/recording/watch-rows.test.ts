import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withClient } from '../../../test/record/record.ts';
import { migrationFiles } from '../../../test/support/migration-files.ts';
import { withSession } from '../../../test/support/session.ts';
import { makeFolder } from '../../../test/support/temporary-folder.ts';
import { testContext } from '../../../test/support/test-context.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { evaluateBounds } from '../../check/row-bounds/evaluate-bounds.ts';
import { judgeRowBounds } from '../../check/row-bounds/judge-row-bounds.ts';
import { readRowVolumes } from '../../check/row-bounds/read-row-volumes.ts';
import type { RowBounds } from '../../config/schema.ts';
import type { Event } from '../../core/event.ts';
import type { Session } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { applyMigrations } from '../../migrate/apply-sql.ts';
import { readFlat } from '../../migrate/layouts/flat.ts';
import { runMigrationCommand } from '../../migrate/run-command.ts';
import { startRecording } from '../../record/start-recording.ts';
import { watchRows } from './watch-rows.ts';

const production = `
create table item (id int primary key, price int) with (fillfactor = 50); insert into item select i, i from generate_series(1, 100) i;
create table line (id int primary key, item_id int references item on delete cascade); insert into line select i, i from generate_series(1, 100) i;
create table log (at timestamptz, item_id int);
create table part (id int, k int) partition by list (k); create table part_1 partition of part for values in (1); create table part_2 partition of part for values in (2);
insert into part select i, 1 + i % 2 from generate_series(1, 20) i;
create function note() returns trigger language plpgsql as $$ begin insert into log values (now(), new.id); return null; end $$;
create trigger noted after update on item for each row execute function note()`;

type Way = 'runner' | 'tool';

/** Runs migrations under bounds, by our own runner or by a tool through the recorder, and judges when all is over. */
async function run(
  session: Session,
  admin: Address,
  way: Way,
  files: Readonly<Record<string, string>>,
  declared: readonly RowBounds[],
  afterwards = '',
  sent = Object.values(files),
) {
  const { migrations, problems } = readFlat(migrationFiles(files));
  expect(problems).toEqual([]);
  const bounds = unwrap(await evaluateBounds(session, declared));
  const before = await readRowVolumes(session);
  const rows = watchRows(bounds, before, migrations);
  if (rows === undefined) throw new Error('nothing is watched');
  const context = testContext();
  const events: readonly Event[] = context.events;
  let ended: { readonly ok: boolean } | undefined;
  if (way === 'runner') {
    ended = await applyMigrations(context, { address: admin, pending: migrations, settings: { transaction: 'auto', layout: 'flat' }, watch: rows.ofRunner });
  } else {
    await using recorder = unwrap(await startRecording(context, { admin, target: admin, watch: rows.ofTool }));
    const folder = makeFolder('pgr-watch-');
    try {
      ended = await runTool({ ...context, signal: AbortSignal.any([context.signal, rows.stopping]) }, recorder.address, admin, folder, sent, afterwards);
    } finally {
      rmSync(folder, { recursive: true });
    }
    unwrap(await recorder.stop());
  }
  rows.tell(context);
  const after = await readRowVolumes(session);
  const watched = { known: migrations, pending: migrations, watch: rows.watch };
  const { findings } = judgeRowBounds({ bounds, before, after, undeclared: 'report', watched });
  return {
    ended,
    stopped: rows.stopped(),
    told: events.flatMap((event) => (event.type === 'finding' ? [event.finding] : [])),
    gates: events.flatMap((event) => (event.type === 'gate' ? [event.gate] : [])),
    found: findings.filter(({ severity }) => severity !== 'warning').map(({ id, severity }) => `${severity} ${id}`),
  };
}

/** A tool that sends one statement after the other, each file in a transaction, and stays for good when its connection goes. */
async function runTool(
  context: ReturnType<typeof testContext>,
  through: Address,
  admin: Address,
  folder: string,
  files: readonly string[],
  afterwards: string,
) {
  const file = join(folder, 'tool.mjs');
  const body = `
    import pg from ${JSON.stringify(import.meta.resolve('pg'))};
    const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
    client.on('error', () => {});
    const forGood = () => new Promise(() => setInterval(() => {}, 1000));
    await client.connect();
    for (const text of ${JSON.stringify(files)}) {
      await client.query('begin');
      for (const statement of text.split(/;\\n/).filter((one) => one.trim() !== '')) await client.query(statement).catch(forGood);
      await client.query('commit').catch(forGood);
    }
    ${afterwards}
    await client.end();`;
  writeFileSync(file, body);
  const settings = { tool: 'command' as const, command: [process.execPath, file], env: {}, timeoutMinutes: 5 };
  return await runMigrationCommand(context, settings, admin, folder, 'migrate', through);
}

const count = (session: Session, what: string) => session.query<{ n: number }>(`select count(*)::int as n from ${what}`).then(([row]) => row?.n);

test.each(['runner', 'tool'] as const)(
  'a statement that goes beyond its bound is the last one, and its transaction is undone (%s)',
  { timeout: 60_000 },
  async (way) => {
    await withSession(18, production, async (session, address) => {
      const files = {
        '1_a.sql': 'create table kept (id int);\nupdate item set price = 1 where id <= 10;\n',
        '2_b.sql': 'alter table item add column note text;\nupdate item set price = 2;\nalter table item add column never int;\n',
        '3_c.sql': 'create table later (id int);\n',
      };
      const { stopped, told, gates, ended } = await run(session, address, way, files, [
        { table: 'item', migration: '1_a', updated: 10 },
        { table: 'item', migration: '2_b.sql', statement: 2, updated: { maxPercent: 50 } },
      ]);
      expect(stopped).toMatchObject({ code: 'row-bound-broken', object: 'public.item', place: { file: 'db/2_b.sql', line: 2 } });
      expect(told).toMatchObject([
        {
          id: 'row-bounds:table:public.item:updated:2_b:2',
          severity: 'blocker',
          rootCause: 'data-volume',
          title: '2_b, statement 2, updated 100 rows of public.item; 0 to 50 were expected',
          migration: '2_b',
          place: { file: 'db/2_b.sql', line: 2 },
          phase: 'migrate',
        },
      ]);
      expect(gates).toMatchObject([{ gate: 'row-bounds', phase: 'migrate', outcome: 'failed', required: true, findingIds: [told[0]?.id] }]);
      expect(ended?.ok).toBe(false);
      expect(await count(session, 'item where price = 2 and id <> 2')).toBe(0);
      const columns = await session.query("select to_regclass('kept') is not null as kept, to_regclass('later') is not null as later");
      expect(columns).toEqual([{ kept: true, later: false }]);
    });
  },
);

test.each([
  ['runner', 18],
  ['tool', 18],
  ['runner', 15],
] as const)(
  'all ways of counting agree: what was declared holds statement by statement, and for all (%s, PostgreSQL %i)',
  { timeout: 60_000 },
  async (way, major) => {
    await withSession(major, production, async (session, address) => {
      const files = {
        '1_a.sql': [
          'update item set price = price + 1 where id <= 30',
          'insert into item select i, 0 from generate_series(91, 105) i on conflict (id) do update set price = 0',
          'delete from item where id <= 5',
          'do $do$ begin update part set k = 2 where id = 2; update part set id = id + 0 where id > 10; end $do$',
          '',
        ].join(';\n'),
        '2_b.sql': 'truncate log;\ninsert into log values (now(), 1), (now(), 2);\nwith gone as (delete from part where id = 20 returning 1) select 1;\n',
      };
      const each: readonly RowBounds[] = [
        { table: 'item', migration: '1_a', statement: 1, updated: 30, inserted: 0 },
        // The trigger's rows are rows of the statement.
        { table: 'log', migration: '1_a', statement: 1, inserted: 30 },
        { table: 'item', migration: '1_a', statement: 2, updated: 10, inserted: 5 },
        { table: 'line', migration: '1_a', statement: 3, deleted: 5 },
        { table: 'part', migration: '1_a', statement: 4, updated: 10, inserted: { max: 1 }, deleted: { max: 1 } },
        { table: 'log', migration: '2_b', statement: 1, deleted: 40 },
        { table: 'log', migration: '2_b', inserted: 2, deleted: 40 },
        { table: 'part', migration: '2_b', deleted: 1 },
        { table: 'item', migration: '1_a', updated: 40, inserted: 5, deleted: 5 },
        { table: 'item', updated: 40, inserted: 5, deleted: 5, stop: true },
      ];
      const { stopped, found, ended, told } = await run(session, address, way, files, each);
      expect(told).toEqual([]);
      expect(stopped).toBeUndefined();
      expect(ended).toMatchObject({ ok: true });
      expect(found).toEqual([]);
    });
  },
);

test('a migration that stays below its bound stops the run too; a bound that doesn’t stop is told at the end', { timeout: 60_000 }, async () => {
  await withSession(18, production, async (session, address) => {
    const few = { '1_a.sql': 'update item set price = 1 where id = 7;\nalter table item add column x int;\n', '2_b.sql': 'create table later (id int);\n' };
    const stopping = await run(session, address, 'runner', few, [{ table: 'item', migration: '1_a', updated: { min: 2 } }]);
    expect(stopping.told).toMatchObject([{ title: '1_a updated 1 row of public.item; at least 2 were expected', place: { file: 'db/1_a.sql', line: 2 } }]);
    expect(await count(session, 'item where price = 1 and id = 7')).toBe(0);
    const going = await run(session, address, 'runner', few, [
      { table: 'item', migration: '1_a', updated: { min: 2 }, stop: false },
      { table: 'item', migration: '9_z', updated: 1 },
      { table: 'line', updated: 0, stop: true },
    ]);
    expect(going.stopped).toBeUndefined();
    expect(going.found).toEqual(['blocker row-bounds:table:public.item:updated:1_a', 'doubt row-bounds:table:public.item:unknown:9_z']);
  });
});

test('what a tool rolls back doesn’t count; two sessions that write at once leave a doubt', { timeout: 60_000 }, async () => {
  await withSession(18, production, async (session, address) => {
    const files = { '1_a.sql': 'update item set price = 1 where id <= 10;\n' };
    const again = `
      await client.query('begin'); await client.query('update item set price = 5 where id <= 60'); await client.query('rollback');
      await client.query('update item set price = 5 where id <= 60');`;
    const rolledBack = await run(session, address, 'tool', files, [{ table: 'item', updated: { max: 70 }, stop: true }], again);
    expect(rolledBack.stopped).toBeUndefined();
    expect(rolledBack.found).toEqual([]);
    const two = `
      const other = new pg.Client({ connectionString: process.env.DATABASE_URL }); await other.connect();
      await client.query('begin'); await client.query('update line set item_id = 1 where id = 1'); await other.query('update item set price = 1 where id = 2');
      await client.query('commit'); await other.end();`;
    const atOnce = `await client.query('update item set price = 3 where id <= 4; update item set price = 4 where id > 90')`;
    const several = { '1_a.sql': '', '2_b.sql': 'update item set price = 3 where id <= 4;\nupdate item set price = 4 where id > 90;\n' };
    const bounds: readonly RowBounds[] = [
      { table: 'item', migration: '2_b', updated: 14 },
      { table: 'item', migration: '2_b', statement: 1, updated: 4 },
    ];
    const sum = await run(session, address, 'tool', several, bounds, atOnce, []);
    expect(sum.stopped).toBeUndefined();
    expect(sum.found).toEqual(['doubt row-bounds:table:public.item:unknown:2_b:1']);
    const both = await run(session, address, 'tool', files, [{ table: 'item', migration: '1_a', updated: 10 }], two);
    expect(both.found).toEqual(['doubt row-bounds:table:public.item:unknown:1_a']);
  });
});

test('a tool doesn’t hear of the success of the statement that went too far, and gets no further connection', { timeout: 60_000 }, async () => {
  await withSession(18, production, async (session, address) => {
    const bounds = unwrap(await evaluateBounds(session, [{ table: 'item', updated: { max: 10 }, stop: true }]));
    const rows = watchRows(bounds, await readRowVolumes(session), []);
    await using recorder = unwrap(await startRecording(testContext(), { admin: address, target: address, ...(rows && { watch: rows.ofTool }) }));
    await withClient(recorder.address, async (client) => {
      await client.query('begin; update item set price = 0 where id <= 10');
      await expect(client.query('update item set price = 0 where id > 10')).rejects.toThrow();
      await expect(client.query('commit')).rejects.toThrow();
    });
    await expect(withClient(recorder.address, async () => {})).rejects.toThrow();
    expect(rows?.stopped()).toMatchObject({ code: 'row-bound-broken' });
    expect(rows?.stopping.aborted).toBe(true);
    unwrap(await recorder.stop());
    expect(await count(session, 'item where price = 0')).toBe(0);
  });
});
