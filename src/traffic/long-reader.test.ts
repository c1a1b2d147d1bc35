import pg from 'pg';
import { expect, test } from 'vitest';
import { withDatabase } from '../../test/support/databases.ts';
import { untilTrue } from '../../test/support/until-true.ts';
import { unwrap } from '../../test/support/unwrap.ts';
import { makeEdge } from '../edge/make-edge.ts';
import { LongReader } from './long-reader.ts';

const production = 'create table invoice (id int); create table other (id int)';

test.each([15, 18] as const)('a long reader holds its locks and a snapshot when it has started, and never waits itself, on %i', async (major) => {
  await withDatabase(major, production, async (address, run) => {
    const { host, port, user, database } = address;
    const client = new pg.Client({ host, port, user, database });
    await client.connect();
    await client.query('begin; lock table other in access exclusive mode');
    const stop = new AbortController();
    const session = unwrap(await makeEdge().postgres.connect(address, { signal: stop.signal }));
    const reader = new LongReader(session, { tables: ['public.invoice', 'public.other', 'public.gone'], seconds: 3600, repeated: false });
    const left = await reader.start();
    expect([...left.entries()]).toEqual([
      ['public.other', 'could not obtain lock on relation "public.other" (SQLSTATE 55P03)'],
      ['public.gone', 'relation "public.gone" does not exist (SQLSTATE 42P01)'],
    ]);
    const locks = await run(`select relation::regclass::text as name, mode from pg_locks where pid = ${session.backendPid} and locktype = 'relation'`);
    expect(locks.rows).toContainEqual({ name: 'invoice', mode: 'AccessShareLock' });
    await untilTrue(
      'it has a snapshot',
      async () => (await run(`select from pg_stat_activity where pid = ${session.backendPid} and backend_xmin is not null`)).rowCount === 1,
    );
    await client.end();
    stop.abort();
    await reader.ended();
    expect(reader.report()).toMatchObject({ kind: 'long-reader', name: 'long reader of 3 tables', runs: 0, errors: [] });
  });
});

test('it comes again when it is told to', async () => {
  await withDatabase(18, production, async (address) => {
    const stop = new AbortController();
    const session = unwrap(await makeEdge().postgres.connect(address, { signal: stop.signal }));
    const reader = new LongReader(session, { tables: ['public.invoice'], seconds: 0.01, repeated: true });
    expect((await reader.start()).size).toBe(0);
    await untilTrue('it has read several times', async () => reader.report().runs >= 3);
    stop.abort();
    await reader.ended();
  });
});
