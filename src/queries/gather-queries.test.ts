import { expect, test } from 'vitest';
import type { SourceStatements } from '../core/queries.ts';
import { gatherQueries } from './gather-queries.ts';

type Read = Extract<SourceStatements, { kind: 'read' }>;
const read = (more: Partial<Read>): Read => ({ kind: 'read', statements: [], hidden: 0, others: {}, evictions: 0, standby: false, ...more });
const statement = (text: string, perSecond: number, more: Partial<Read['statements'][number]> = {}): Read['statements'][number] => ({
  ...{ text, perSecond, calls: 9, roles: ['app'], superuser: false, own: false },
  ...more,
});

test('the same query of several origins is one; calls of one origin add up', () => {
  const source = read({
    statements: [
      statement('select a from t where id in ($1)', 1),
      statement('select a from t where id in ($1, $2)', 2, { roles: ['worker'] }),
      statement('select c.relname from pg_catalog.pg_class c', 9, { own: true }),
      // What others ask the catalogs is theirs.
      statement('select c.oid from pg_catalog.pg_class c', 0.5),
      { text: 'select uncounted', calls: 9, roles: [], superuser: false, own: false },
      statement('select b from only t', 0.1, { own: true }),
      statement('select relname from pg_class', 0.1, { own: true }),
      statement('select l.version::text as value, $1 as state, $2::text as checksum\nfrom public.schema_migrations l', 0.1, { own: true }),
      statement('select b from t', 0.2, { own: true }),
      statement('update t set b = $1', 0.1, { calls: 1, superuser: true }),
      statement('update t set c = $1', 0.1, { calls: 1, roles: ['mover'] }),
      statement('update t set d = $1', 0.1, { calls: 1 }),
    ],
    others: { SET: 2, BEGIN: 7 },
  });
  const log = {
    name: 'app.log',
    queries: [{ text: 'select a from t where id in (7)', from: 'app.log', callsPerHour: 60, roles: ['app'] }],
    others: { SET: 1 },
    leftOut: ['cut'],
  };
  const { queries, ...rest } = gatherQueries(source, false, [log], 'mover');
  expect(queries.map(({ id: _, ...query }) => query)).toEqual([
    { text: 'select a from t where id in ($1)', from: ['pg_stat_statements', 'app.log'], callsPerHour: 10_800, roles: ['app', 'worker'] },
    { text: 'select c.oid from pg_catalog.pg_class c', from: ['pg_stat_statements'], callsPerHour: 1_800, roles: ['app'] },
    { text: 'select b from t', from: ['pg_stat_statements'], callsPerHour: 720, roles: ['app'], own: true },
    { text: 'update t set b = $1', from: ['pg_stat_statements'], callsPerHour: 360, roles: ['app'], once: true },
    { text: 'update t set c = $1', from: ['pg_stat_statements'], callsPerHour: 360, roles: ['mover'], once: true },
    { text: 'update t set d = $1', from: ['pg_stat_statements'], callsPerHour: 360, roles: ['app'] },
    { text: 'select uncounted', from: ['pg_stat_statements'], roles: [] },
  ]);
  expect(rest).toEqual({
    from: ['pg_stat_statements of the source', 'app.log'],
    leftOut: ['statements that are no query: 7 BEGIN, 3 SET', '4 that ask for what we ask for ourselves, of the role that we read with', 'cut'],
    missing: [],
    weakened: [],
  });
});

test('what is missing, what takes from the proof, and why there is nothing', () => {
  const file = { name: 'queries', queries: [], others: {}, leftOut: [] };
  expect(gatherQueries({ kind: 'absent', why: 'it has none' }, false, [])).toMatchObject({ absent: 'it has none', missing: [] });
  expect(gatherQueries({ kind: 'absent', why: 'it has none' }, true, [])).toMatchObject({ missing: ['it has none'] });
  // Where the team named a folder, there being none isn't nothing asked for.
  expect(gatherQueries({ kind: 'absent', why: 'it has none' }, false, [file])).not.toHaveProperty('absent');
  expect(gatherQueries({ kind: 'unreadable', why: 'permission denied' }, false, []).missing).toEqual([expect.stringContaining('permission denied')]);
  expect(gatherQueries(read({ hidden: 3 }), false, []).missing).toEqual([expect.stringMatching(/^3 entries .* pg_read_all_stats/)]);
  expect(gatherQueries(read({ standby: true, evictions: 4 }), false, []).weakened).toEqual([
    expect.stringContaining('standby'),
    expect.stringContaining('4 times'),
  ]);
  expect(gatherQueries(undefined, false, [])).toMatchObject({ queries: [], missing: [] });
});
