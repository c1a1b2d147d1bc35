import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { withFolder } from '../../../test/support/temporary-folder.ts';
import { testContext } from '../../../test/support/test-context.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { readActivity } from '../read-activity.ts';
import { startTraffic } from '../start-traffic.ts';
import { readReplayFile } from './read-replay-file.ts';
import type { ReplayStatement } from './replay-statement.ts';

const sql = `create table invoice (id int primary key, total int, note text); insert into invoice select n, n from generate_series(1, 10) n;
  create sequence s`;

const statements: readonly ReplayStatement[] = [
  { statement: 'select total from invoice where id = $1', parameters: [[1], [2]], perSecond: 200 },
  { statement: 'select note from invoice where id = $1', perSecond: 200 },
  { statement: 'with x as (update invoice set total = 7 returning id) select * from x', perSecond: 200 },
  { statement: "insert into invoice (id) values (nextval('s'))", perSecond: 200 },
  { statement: "select nextval('s')", perSecond: 200 },
  { statement: 'select nonsense from invoice', perSecond: 200 },
];

test.each([15, 18] as const)('reads run, writes and what lacks its parameters is parsed, and both notice what the migration did, on %i', async (major) => {
  await withDatabase(major, sql, async (address, run) => {
    const settings = {
      enabled: true,
      settings: {},
      tables: [],
      maxTables: 1,
      everyMs: 10,
      longReaderSeconds: 0,
      longReader: 'once',
      queued: 'report',
    } as const;
    const given = { admin: address, elapsedMs: () => performance.now(), settings: { ...settings, tables: [] }, replay: statements };
    await using traffic = unwrap(await startTraffic(testContext(), given));
    await run('alter table invoice drop column note; alter table invoice rename total to sum');
    const report = await traffic.stop();
    expect(report.without.map(({ table, why }) => `${table}: ${why}`)).toEqual([
      "replay 5: replay 5: cannot execute nextval() in a read-only transaction (SQLSTATE 25006): select nextval('s')",
      'replay 6: replay 6: column "nonsense" does not exist (SQLSTATE 42703): select nonsense from invoice',
    ]);
    expect(report.sessions.map(({ name, errors }) => `${name} ${errors.map(({ sqlstate }) => sqlstate).join()}`)).toEqual([
      'replay 1 42703',
      'replay 2 42703',
      'replay 3 42703',
      'replay 4 ',
    ]);
    expect((await run(`select count(*)::int as rows, sum(sum)::int as sum, (select is_called from s) as called from invoice`)).rows).toEqual([
      { rows: 10, sum: 55, called: false },
    ]);
  });
});

test('a file of statements: JSON or JSON Lines, and every problem with its place', async () => {
  const files = {
    'list.json': '[{ "statement": "select 1" }, { "statement": "select $1", "parameters": [[1], [2]], "perSecond": 5 }]',
    'lines.ndjson': '{ "statement": "select $1, $2", "parameters": [1, "x"] }\n\n{ "statement": "select 2", "perSecond": 0.5 }\n',
    'bad.ndjson':
      '{ "statement": "select 1; select 2" }\n{ "statement": 1 }\nno json\n{ "statement": "select 1", "rate": 5 }\n[]\n{ "statement": "select 1", "perSecond": 0 }',
    'broken.json': '[{',
  };
  await withFolder(files, async (folder) => {
    expect(unwrap(await readReplayFile(join(folder, 'list.json')))).toEqual([
      { statement: 'select 1', perSecond: 1 },
      { statement: 'select $1', parameters: [[1], [2]], perSecond: 5 },
    ]);
    expect(unwrap(await readReplayFile(join(folder, 'lines.ndjson')))).toEqual([
      { statement: 'select $1, $2', parameters: [[1, 'x']], perSecond: 1 },
      { statement: 'select 2', perSecond: 0.5 },
    ]);
    const bad = await readReplayFile(join(folder, 'bad.ndjson'));
    if (bad.ok) throw new Error('it was read');
    expect(bad.failure).toMatchObject({ code: 'replay-invalid', message: expect.stringContaining('has 6 errors') });
    expect(bad.failure.problems?.map(({ place }) => place?.line).toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await readReplayFile(join(folder, 'broken.json'))).toMatchObject({ ok: false, failure: { code: 'replay-invalid' } });
    expect(await readReplayFile(join(folder, 'none.json'))).toMatchObject({ ok: false, failure: { code: 'replay-invalid' } });
  });
});

test('the source tells how busy its tables are', async () => {
  const partitioned = 'create table part (id int) partition by range (id); create table part_1 partition of part for values from (0) to (10)';
  await withDatabase(18, `${sql}; ${partitioned}; insert into part values (1), (2); select pg_stat_force_next_flush()`, async (address) => {
    await using session = unwrap(await testContext().edge.postgres.connect(address, { readOnly: { statementTimeoutMs: 60_000, lockTimeoutMs: 1_000 } }));
    const activity = await readActivity(session);
    expect(activity).toContainEqual({ schema: 'public', table: 'invoice', reads: expect.any(Number), writes: 10 });
    expect(activity).toContainEqual({ schema: 'public', table: 'part', reads: expect.any(Number), writes: 2 });
  });
});
