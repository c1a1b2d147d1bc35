import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { whileReplicating } from '../../../test/support/replicating-session.ts';
import { testContext } from '../../../test/support/test-context.ts';
import { untilTrue } from '../../../test/support/until-true.ts';
import { unwrap } from '../../../test/support/unwrap.ts';
import { judgeIsolation } from '../../check/isolation/judge-isolation.ts';
import type { IsolationReport } from '../../core/isolation.ts';
import type { Context, Edge } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { startPassThrough } from '../../record/proxy/start-pass-through.ts';
import { IsolationWatch } from './isolation-watch.ts';
import { KnownSessions } from './known-sessions.ts';

interface Scene {
  readonly context: Context;
  readonly known: KnownSessions;
  readonly outside: Edge;
  readonly address: Address;
  readonly watch: IsolationWatch;
}

async function watched(use: (scene: Scene) => Promise<void>, major: 15 | 18 = 18): Promise<void> {
  await withDatabase(major, 'create table t (a int)', async (address) => {
    const outside = testContext().edge;
    const known = new KnownSessions(outside);
    const context = { ...testContext(), edge: known.edge };
    await using watch = unwrap(await IsolationWatch.start(context, known, outside, address, new Set(['landlord'])));
    await use({ context, known, outside, address, watch });
  });
}

const outcomeOf = (report: IsolationReport) => judgeIsolation({ report, phase: 'data-gate', attestedBy: 'dba', startedAt: 0 }).gate.outcome;

test.each([15, 18] as const)('what the run opens itself is nobody else’s, pg_dump and wires included (%i)', async (major) => {
  await watched(async ({ context, address, watch }) => {
    for (let at = 0; at < 3; at++) {
      await using session = unwrap(await context.edge.postgres.connect(address));
      await session.query('select 1');
    }
    const dump = unwrap(await context.edge.postgres.pgDumpFor(major));
    expect(unwrap(await dump.dumpSchema(address))).toMatch(/create table/i);
    await using open = unwrap(await context.edge.postgres.connect(address));
    await open.query('select 1');
    const report = await watch.report(true);
    expect(report).toMatchObject({ ours: 5, counted: 5, excess: 0, foreign: [], proven: true, gaps: [] });
    expect(outcomeOf(report)).toBe('passed');
  }, major);
});

test.each([15, 18] as const)('a stranger is found while there, and counted when gone already (%i)', async (major) => {
  await watched(async ({ outside, address, watch }) => {
    {
      await using stranger = unwrap(await outside.postgres.connect(address, { applicationName: 'psql' }));
      await stranger.query('insert into t values (1)');
      const report = await watch.report(false);
      expect(report).toMatchObject({ excess: 1, foreign: [{ applicationName: 'psql', user: 'postgres' }] });
      expect(outcomeOf(report)).toBe('inconclusive');
    }
    // Another one, between two looks.
    await using brief = unwrap(await outside.postgres.connect(address, { applicationName: 'pg_dump' }));
    await brief.close();
    expect((await watch.report(true)).excess).toBe(2);
  }, major);
});

test.each([15, 18] as const)('the cloud’s own superuser is no stranger, and hides none (%i)', async (major) => {
  await withDatabase(major, 'create table t (a int); create role landlord superuser login', async (address, sql) => {
    try {
      const outside = testContext().edge;
      const comes = async () => unwrap(await outside.postgres.connect({ ...address, user: 'landlord' }));
      const known = new KnownSessions(outside);
      const context = { ...testContext(), edge: known.edge };
      await using before = await comes();
      await using watch = unwrap(await IsolationWatch.start(context, known, outside, address, new Set(['landlord'])));
      await using meanwhile = await comes();
      for (const one of [before, meanwhile]) await one.query('select 1');
      await untilTrue('it is counted', async () => (await watch.report(false)).counted === 1);
      const alone = await watch.report(true);
      expect(alone).toMatchObject({ counted: 1, excess: 0, foreign: [], earlier: [], gaps: [], ofCloud: [{ user: 'landlord' }, { user: 'landlord' }] });
      expect(judgeIsolation({ report: alone, phase: 'data-gate', attestedBy: 'dba', startedAt: 0 }).gate).toMatchObject({
        ...{ outcome: 'passed', proof: expect.stringContaining('2 sessions of landlord, whom nobody but the cloud can be') },
      });
      const brief = unwrap(await outside.postgres.connect(address, { applicationName: 'psql' }));
      await brief.close();
      await untilTrue('it is counted', async () => (await watch.report(false)).counted === 2);
      const report = await watch.report(true);
      expect(report.excess).toBe(1);
      expect(outcomeOf(report)).toBe('inconclusive');
    } finally {
      await sql('drop role landlord');
    }
  });
});

test('who was there before is a stranger too', async () => {
  await withDatabase(18, '', async (address) => {
    const outside = testContext().edge;
    await using early = unwrap(await outside.postgres.connect(address, { applicationName: 'early' }));
    await early.query('select 1');
    const known = new KnownSessions(outside);
    await using watch = unwrap(await IsolationWatch.start({ ...testContext(), edge: known.edge }, known, outside, address, new Set()));
    expect(await watch.report(false)).toMatchObject({ excess: 0, earlier: [{ applicationName: 'early' }] });
    expect(outcomeOf(await watch.report(false))).toBe('inconclusive');
  });
});

/** Connects as a program of the team's would, and writes. */
const writes = `const pg = require('pg'); const c = new pg.Client(); c.connect().then(() => c.query('insert into t values (1)')).then(() => c.end())`;

async function runProgram({ context }: Scene, { host, port, database }: Address): Promise<void> {
  const env = { PGHOST: host, PGPORT: String(port), PGUSER: 'postgres', PGDATABASE: database };
  const ran = unwrap(await context.edge.system.run({ command: process.execPath, args: ['-e', writes], env, inheritEnvironment: true, cwd: process.cwd() }));
  expect(ran.exitCode, ran.stderr).toBe(0);
}

test.each([15, 18] as const)('a program that goes the way it was given is no stranger; one that goes around it is (%i)', async (major) => {
  await watched(async (scene) => {
    const { context, address, watch } = scene;
    await using way = unwrap(await startPassThrough(context, { target: address, onAdmitted: (admitted) => watch.admit(admitted) }));
    await runProgram(scene, way.address);
    const known = await watch.report(true);
    expect(known).toMatchObject({ ours: 1, ofPrograms: 1, counted: 1, excess: 0, foreign: [], gaps: [] });
    expect(outcomeOf(known)).toBe('passed');
    await runProgram(scene, address);
    await untilTrue('it is counted', async () => (await watch.report(false)).counted === 2);
    const around = await watch.report(true);
    expect(around).toMatchObject({ ofPrograms: 1, excess: 1 });
    expect(outcomeOf(around)).toBe('inconclusive');
  }, major);
});

test('programs in another database, refused ones and those that replicate make no room for a stranger', async () => {
  await watched(async ({ context, outside, address, watch }) => {
    await using way = unwrap(await startPassThrough(context, { target: address, onAdmitted: (admitted) => watch.admit(admitted) }));
    const elsewhere = unwrap(await outside.postgres.connect({ ...way.address, database: 'postgres' }));
    await elsewhere.close();
    expect((await outside.postgres.connect({ ...way.address, user: 'nobody_of_this_name' })).ok).toBe(false);
    await whileReplicating(way.address, 'insert into t values (1)', async () => {
      expect(await watch.report(true)).toMatchObject({ ofPrograms: 1, counted: 0, excess: 0, foreign: [], gaps: [] });
    });
    await using brief = unwrap(await outside.postgres.connect(address, { applicationName: 'psql' }));
    await brief.query('select 1');
    await untilTrue('it is counted', async () => (await watch.report(false)).counted === 1);
    const report = await watch.report(true);
    // Two attempts came to no session that is counted: the numbers alone could not tell.
    expect(report).toMatchObject({ excess: 0, foreign: [{ applicationName: 'psql' }], gaps: [expect.stringContaining('could have gone unseen')] });
    expect(outcomeOf(report)).toBe('inconclusive');
  });
});

test('a connection of the run that came to nothing is no session, and hides nobody’s', async () => {
  await watched(async ({ context, outside, address, watch }) => {
    expect((await context.edge.postgres.connect({ ...address, user: 'nobody_of_this_name' })).ok).toBe(false);
    const alone = await watch.report(true);
    expect(alone).toMatchObject({ ours: 1, counted: 0, excess: 0, gaps: [] });
    expect(outcomeOf(alone)).toBe('passed');
    // Between two looks: the numbers of attempts and of sessions are the same.
    await using brief = unwrap(await outside.postgres.connect(address, { applicationName: 'psql' }));
    await brief.close();
    await untilTrue('it is counted', async () => (await watch.report(false)).counted === 1);
    const report = await watch.report(true);
    expect(report.gaps).toEqual(['1 of the run’s own connections may have come to nothing, so that as many of others could have gone unseen']);
    expect(outcomeOf(report)).toBe('inconclusive');
  });
});

test('whoever is there when the run ends is a stranger, whatever was counted', async () => {
  await watched(async ({ context, known, outside, address, watch }) => {
    // An attempt that came to nothing, and a session that was never counted: the numbers are right with a stranger there.
    expect((await context.edge.postgres.connect({ ...address, user: 'nobody_of_this_name' })).ok).toBe(false);
    known.knowThrough(address, 2 ** 22 + 1);
    await using stranger = unwrap(await outside.postgres.connect(address, { applicationName: 'psql' }));
    await stranger.query('select 1');
    await untilTrue('it is counted', async () => (await watch.report(false)).counted === 1);
    expect(await watch.report(false)).toMatchObject({ excess: 0, foreign: [] });
    const report = await watch.report(true);
    expect(report).toMatchObject({ excess: 0, gaps: [], foreign: [{ applicationName: 'psql' }] });
    expect(outcomeOf(report)).toBe('inconclusive');
  });
});

test('who replicates runs SQL too, and is counted nowhere', async () => {
  await watched(async ({ address, watch }) => {
    await whileReplicating(address, 'insert into t values (1)', async () => {
      const report = await watch.report(true);
      expect(report).toMatchObject({ excess: 0, counted: 0, foreign: [{ user: 'postgres' }] });
      expect(outcomeOf(report)).toBe('inconclusive');
    });
  });
});

test('counters that were set back meanwhile count nothing', async () => {
  await watched(async ({ context, address, watch }) => {
    await using session = unwrap(await context.edge.postgres.connect(address));
    await session.query('select pg_stat_reset()');
    await untilTrue('the counters are seen to be others', async () => (await watch.report(false)).gaps.length > 0);
    expect(outcomeOf(await watch.report(true))).toBe('inconclusive');
  });
});

test('a clone that can’t be asked any more is a gap, and no pass', async () => {
  await watched(async ({ outside, address, watch }) => {
    await using admin = unwrap(await outside.postgres.connect({ ...address, database: 'postgres' }));
    const end = `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${address.database}' and application_name = 'pgrehearse isolation'`;
    await admin.query(end);
    await untilTrue('the watch has lost its session', async () => (await watch.report(false)).gaps.length > 0);
    expect(outcomeOf(await watch.report(true))).toBe('inconclusive');
  });
});

test('a session that the recorder saw belongs to the run', async () => {
  const seen = { pid: 1, user: 'a', applicationName: 'tool', since: '2026-01-01T00:00:00Z' };
  const report: IsolationReport = {
    ...{
      fromTime: '',
      untilTime: '',
      database: 'd',
      ours: 3,
      counted: 4,
      looks: 3,
      foreign: [seen],
      earlier: [],
      excess: 1,
      proven: true,
      gaps: [],
    },
  };
  const judged = judgeIsolation({ report, phase: 'migrate', attestedBy: undefined, startedAt: 0 });
  expect(judged).toMatchObject({
    gate: { required: false, outcome: 'inconclusive' },
    findings: [{ severity: 'warning', title: expect.stringContaining('tool as a') }],
  });
  expect(judgeIsolation({ report: { ...report, foreign: [], excess: 0 }, phase: 'migrate', attestedBy: 'dba', startedAt: 0 }).gate.outcome).toBe('passed');
  expect(judgeIsolation({ report: { ...report, foreign: [], excess: 0, proven: false }, phase: 'migrate', attestedBy: 'dba', startedAt: 0 }).gate.outcome).toBe(
    'inconclusive',
  );
  expect(
    judgeIsolation({ report: { ...report, foreign: [], excess: 0 }, phase: 'migrate', attestedBy: 'dba', trouble: 'gone', startedAt: 0 }).gate.outcome,
  ).toBe('inconclusive');
});
