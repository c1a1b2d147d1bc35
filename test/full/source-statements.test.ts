import { expect, test } from 'vitest';
import { settingsSchema } from '../../src/config/schema.ts';
import type { OpenSource } from '../../src/core/open-source.ts';
import { makeEdge } from '../../src/edge/make-edge.ts';
import { readStatements } from '../../src/queries/read-statements.ts';
import { readSourceTraffic } from '../../src/rehearsal/recording/source-traffic.ts';
import { chooseReplay } from '../../src/traffic/replay/choose-replay.ts';
import { startTraffic } from '../../src/traffic/start-traffic.ts';
import { ask, withOwnServer } from '../support/own-server.ts';
import { testContext } from '../support/test-context.ts';
import { unwrap } from '../support/unwrap.ts';

test.each([15, 18] as const)('what a source’s pg_stat_statements knows, most frequent first, and what is left out, on %i', async (major) => {
  await withOwnServer(major, { hba: [], settings: { shared_preload_libraries: 'pg_stat_statements' } }, async ({ admin }) => {
    await ask(admin, 'create schema "Odd"; create extension pg_stat_statements schema "Odd"; create table t (id int); create table u (id int)');
    for (let run = 0; run < 3; run++) await ask(admin, 'select id from t where id = 7');
    for (let run = 0; run < 2; run++) await ask(admin, 'update t set id = 8');
    await ask(admin, 'select count(*) from u');
    await using session = unwrap(await makeEdge().postgres.connect(admin, { readOnly: { statementTimeoutMs: 60_000, lockTimeoutMs: 1_000 } }));
    const { statements, leftOut } = chooseReplay(await readStatements(session), 2);
    expect(statements.map(({ statement }) => statement)).toEqual(['select id from t where id = $1', 'update t set id = $1']);
    expect(statements.every(({ perSecond }) => perSecond > 0)).toBe(true);
    expect(leftOut).toEqual([
      expect.stringMatching(/^[0-9]+ that are no query, such as set or begin$/),
      expect.stringMatching(/^[0-9]+ that ask the catalogs, as we do ourselves$/),
      expect.stringMatching(/^[0-9]+ less frequent ones$/),
    ]);

    // As a run has them: asked of the source, replayed on a clone, which is the same server here.
    const settings = settingsSchema.parse({
      ...{ source: { dump: 'd' }, migrate: { tool: 'sql-files', folder: 'm', layout: 'flat' }, baseline: { mode: 'init-at-head', schema: ['s.sql'] } },
      traffic: { tables: [], longReaderSeconds: 0, replay: { source: true, maxStatements: 2 } },
    });
    const context = testContext();
    const { replay, told, activity } = await readSourceTraffic(context, settings, { kind: 'live', address: admin } as OpenSource, []);
    expect(told).toMatchObject({ from: ['pg_stat_statements of the source'], leftOut: { length: 3 } });
    expect(activity.map(({ table }) => table)).toEqual(['t', 'u']);
    await using traffic = unwrap(await startTraffic(context, { admin, settings: settings.traffic, replay, elapsedMs: () => performance.now() }));
    await ask(admin, 'alter table t rename id to number');
    const { sessions } = await traffic.stop();
    expect(sessions.map(({ statement, callsPerHour, errors }) => [statement, (callsPerHour ?? 0) > 0, errors.map(({ sqlstate }) => sqlstate)])).toEqual([
      ['prepare pgrehearse_replay as select id from t where id = $1', true, ['42703']],
      ['prepare pgrehearse_replay as update t set id = $1', true, ['42703']],
    ]);
  });
});
