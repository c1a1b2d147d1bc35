import { expect, test } from 'vitest';
import { withSession } from '../../../test/support/session.ts';
import { batchOrder } from './batch-order.ts';
import { sampleBackfill } from './sample-backfill.ts';

test('the order of places: both ends, the middle, and ever finer', () => {
  const places = batchOrder();
  expect(Array.from({ length: 9 }, () => places.next().value)).toEqual([0, 1, 1 / 2, 1 / 4, 3 / 4, 1 / 8, 3 / 8, 5 / 8, 7 / 8]);
});

const backfill = { table: 'public.t', idColumn: 'id', batchSize: 10, sql: 'update t set done = done + 1 where id between $1 and $2 /* $1 */' };
const hour = 3_600_000;

test.each([15, 18] as const)('batches never overlap, and each row is done at most once, on %i', async (major) => {
  const sql = 'create table t (id bigint primary key, done int not null default 0); insert into t (id) select n from generate_series(-50, 49) n';
  await withSession(major, sql, async (session) => {
    const { samples, batches, endedBy } = await sampleBackfill(session, backfill, hour);
    expect(endedBy).toBe('all');
    expect(batches).toBe(10);
    expect(samples.map(({ share, firstId, lastId, rows }) => [share, firstId, lastId, rows])).toEqual([
      [0, '-50', '-41', 10],
      [1, '40', '49', 10],
      [1 / 2, '-1', '8', 10],
      [1 / 4, '-26', '-17', 10],
      [3 / 4, '24', '33', 10],
      [1 / 8, '-38', '-29', 10],
      [3 / 8, '-13', '-4', 10],
      [5 / 8, '11', '20', 10],
    ]);
    expect(await session.query('select done, count(*)::int as rows from t group by 1 order by 1')).toEqual([
      { done: 0, rows: 20 },
      { done: 1, rows: 80 },
    ]);
  });
});

test('few rows, no rows, gaps, no time, and statements that fail', async () => {
  const sql = `create table t ("Id" bigint primary key, done int default 0); insert into t ("Id") values (1), (9000000000000000000);
    create table e (id int)`;
  await withSession(18, sql, async (session) => {
    const odd = { ...backfill, idColumn: 'Id', batchSize: 1, sql: 'update t set done = 1 where "Id" between $1 and $2' };
    const { samples } = await sampleBackfill(session, odd, hour);
    // At the middle of the range the next row is the last one, which was done.
    expect(samples.map(({ firstId }) => firstId)).toEqual(['1', '9000000000000000000']);
    expect((await sampleBackfill(session, { ...odd, batchSize: 100 }, hour)).samples.length).toBe(1);
    expect(await sampleBackfill(session, { ...backfill, table: 'public.e' }, hour)).toEqual({ samples: [], batches: 0, endedBy: 'all' });
    expect(await sampleBackfill(session, odd, -1)).toMatchObject({ samples: [], endedBy: 'time' });
    const failed = await sampleBackfill(session, { ...odd, sql: 'update t set nonsense = 1 where "Id" between $1 and $2' }, hour);
    expect(failed).toMatchObject({
      ...{ samples: [], batches: 2, endedBy: 'error' },
      error: { sqlstate: '42703', statement: 'update t set nonsense = 1 where "Id" between 1 and 1' },
    });
    const gone = await sampleBackfill(session, { ...odd, table: 'public.gone' }, hour);
    expect(gone).toMatchObject({ batches: 0, endedBy: 'error', error: { sqlstate: '42P01' } });
  });
});
