import { expect, test } from 'vitest';
import { withDatabase } from '../../../test/support/databases.ts';
import { testContext } from '../../../test/support/test-context.ts';
import { settingsSchema } from '../../config/schema.ts';
import type { OpenSource } from '../../core/open-source.ts';
import type { Address } from '../../core/server.ts';
import { readSourceTraffic } from './source-traffic.ts';
import { withReplayTold } from './traffic-for-run.ts';

const settingsWith = (traffic: object, record: object = {}, queries: object = { statements: 'off' }) =>
  settingsSchema.parse({
    source: { dump: 'd' },
    migrate: { tool: 'sql-files', folder: 'm', layout: 'flat' },
    baseline: { mode: 'init-at-head', schema: ['s.sql'] },
    traffic,
    record,
    compatibility: { queries },
  });

const sourceAt = (address: Address) => ({ kind: 'live', address, facts: { kind: 'url' } }) as OpenSource;
const statement = (perSecond: number) => ({ statement: `select ${perSecond}`, perSecond });

test('how busy tables are, the file’s most frequent statements, and why the source tells none', async () => {
  await withDatabase(18, 'create table busy (id int); insert into busy values (1); select pg_stat_force_next_flush()', async (address) => {
    const read = (traffic: object, source: OpenSource | undefined = sourceAt(address)) =>
      readSourceTraffic(testContext(), settingsWith(traffic), source, [statement(1), statement(3), statement(2)]);
    const all = await read({ replay: { file: 'replay.json', source: true, maxStatements: 2 } });
    expect(all.activity).toEqual([{ schema: 'public', table: 'busy', reads: expect.any(Number), writes: 1 }]);
    expect(all.replay.map(({ perSecond }) => perSecond)).toEqual([3, 2]);
    expect(all.told).toEqual({
      from: ['replay.json', 'pg_stat_statements of the source'],
      leftOut: ['the source has no pg_stat_statements', '1 less frequent ones of replay.json'],
    });
    expect(withReplayTold({ sessions: [], stalls: [], without: [] }, all).replay).toMatchObject({ statements: 2, leftOut: { length: 2 } });

    const unasked = await read({});
    expect(unasked.activity).toHaveLength(1);
    expect(unasked).not.toHaveProperty('told');
    expect(await readSourceTraffic(testContext(), settingsWith({ enabled: false }), sourceAt(address), [])).toEqual({ activity: [], replay: [] });
    expect(await readSourceTraffic(testContext(), settingsWith({}, { enabled: false }), sourceAt(address), [])).toEqual({ activity: [], replay: [] });
    const quiet = settingsWith({ enabled: false }, {}, {});
    const absent = { kind: 'absent', why: 'the source has no pg_stat_statements' };
    expect(await readSourceTraffic(testContext(), quiet, sourceAt(address), [])).toEqual({ activity: [], replay: [], statements: absent });
  });
});

test('a source that can’t be asked is told, and stops nothing', async () => {
  const settings = settingsWith({ replay: { source: true } });
  const gone: Address = { host: '127.0.0.1', port: 1, database: 'd', user: 'u', tls: 'disable' };
  const left = async (source: OpenSource | undefined) => (await readSourceTraffic(testContext(), settings, source, [])).told?.leftOut;
  expect(await left(sourceAt(gone))).toEqual([expect.stringContaining('127.0.0.1')]);
  expect(await left({ kind: 'script' } as OpenSource)).toEqual(['the source is a dump, which holds no pg_stat_statements']);
  expect(await left({ kind: 'live', facts: { kind: 'rds' } } as OpenSource)).toEqual([expect.stringContaining('a copy of production')]);
  expect(await left(undefined)).toEqual([expect.stringContaining('nothing was read from the source')]);
});
