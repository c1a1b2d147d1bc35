import pg from 'pg';
import { expect, test } from 'vitest';
import { withDatabase } from '../../test/support/databases.ts';
import { testContext } from '../../test/support/test-context.ts';
import { untilTrue } from '../../test/support/until-true.ts';
import { unwrap } from '../../test/support/unwrap.ts';
import { judgeStalls } from '../check/stalls/judge-stalls.ts';
import { settingsSchema } from '../config/schema.ts';
import { startRecording } from '../record/start-recording.ts';
import { startTraffic } from './start-traffic.ts';
import { worstStalls } from './worst-stalls.ts';

const settings = settingsSchema.parse({
  source: { dump: 'd' },
  migrate: { tool: 'sql-files', folder: 'm', layout: 'flat' },
  baseline: { mode: 'init-at-head', schema: ['s.sql'] },
  traffic: { longReaderSeconds: 3600, everyMs: 10 },
  record: { limits: { stallMs: 1 } },
});

test.each([15, 18] as const)('the recorder’s own waits draw the chain: reader → ALTER → long reader, on %i', async (major) => {
  const sql = 'create table invoice (id int primary key, total int); insert into invoice values (1, 1)';
  await withDatabase(major, sql, async (admin, run) => {
    const context = testContext();
    await using recorder = unwrap(await startRecording(context, { admin, target: admin }));
    await using traffic = unwrap(await startTraffic(context, { admin, elapsedMs: recorder.elapsedMs, settings: settings.traffic, lastRoundMs: 100 }));
    const { host, port, user, database } = recorder.address;
    const client = new pg.Client({ host, port, user, database, password: recorder.address.password?.reveal() });
    await client.connect();
    const altering = client.query('alter table invoice add column paid boolean');
    const waiting = `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await untilTrue('all wait', async () => (await run(waiting)).rowCount === 4);
    // The sampler has looked at it several times.
    const looks = new Set<string>();
    await untilTrue('the queue was sampled', async () => {
      const { rows } = await run(`select query_start::text as at from pg_stat_activity where application_name ~ 'recorder' and state_change is not null`);
      for (const { at } of rows) looks.add(at);
      return looks.size > 20;
    });
    // It never gets the lock: all that anybody waited was queueing.
    const pid = (await run(`${waiting} and application_name !~ '^pgrehearse '`)).rows[0]?.pid;
    const refused = expect(altering).rejects.toThrow('canceling statement');
    await run(`select pg_cancel_backend(${pid})`);
    await refused;
    await client.end();
    const recording = unwrap(await recorder.stop());
    const met = await traffic.stop(recording.statements);
    const report = { ...met, stalls: worstStalls(met, recording) };
    const reader = report.stalls.find(({ session }) => session === 'reader of public.invoice');
    const connection = recording.connections[0];
    expect(reader?.chain.map(({ session, pid }) => (pid === connection?.pid ? 'migration' : session))).toEqual(['reader of public.invoice', 'migration']);
    expect(reader?.heldBy?.session).toBe('long reader of public.invoice');
    expect(report.sessions.filter(({ kind }) => kind !== 'long-reader').every(({ overlapped = 0 }) => overlapped > 0)).toBe(true);
    const { gate, findings } = judgeStalls({ report, recording, settings });
    const drawn = '→ alter table invoice add column paid boolean → long reader of public.invoice.';
    expect(findings.some(({ id, detail }) => id.startsWith('stall:table:public.invoice:') && detail?.includes(drawn))).toBe(true);
    expect(gate.couldFail).toBe(true);
  });
});
