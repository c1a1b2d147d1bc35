import { expect, test } from 'vitest';
import { exampleRecording, exampleTraffic, recordedStatement, recordingOf } from '../../../../test/support/example-recordings.ts';
import { exampleEvents, journal } from '../../../../test/support/example-runs.ts';
import type { Recording } from '../../../core/recording.ts';
import { summarise } from '../../../core/run-summary.ts';
import type { TrafficReport } from '../../../core/traffic.ts';
import { renderHtml } from '../render-html.ts';
import { layLanes } from './lanes.ts';
import { timeAxis } from './time-axis.ts';

function page(recording: Recording, report?: TrafficReport): string {
  const traffic = report === undefined ? [] : [{ type: 'traffic', report } as const];
  return renderHtml(summarise(journal([...exampleEvents.blocker(), { type: 'recorded', recording }, ...traffic])));
}

test('a lane for each table: a renamed one is one table, its stall stands below its lock', () => {
  const { tables } = layLanes(exampleRecording(), exampleTraffic());
  expect(tables.map(({ name, worst, locks, stalls }) => [name, worst, locks.map(({ kind }) => kind), stalls.length])).toEqual([
    ['public.legal_entity → public.tenant', { blocks: 'reading and writing', ms: 2_245 }, ['waiting', 'blocks-all'], 1],
    // What only shuts out writers, for longer, comes after what shuts out all; weaker locks aren't shown.
    ['public.invoice', { blocks: 'reading and writing', ms: 2_238 }, ['blocks-all', 'waiting', 'blocks-writing'], 1],
  ]);
});

test('a table that the migrations made has no lane; an index and a toast relation have their table’s', () => {
  const relation = { kind: 'table', existedBefore: true } as const;
  const lock = { connection: 1, mode: 'AccessExclusiveLock', requestedMs: 1, grantedMs: 1, releasedMs: 5, withinMs: 0 } as const;
  const recording = recordingOf({
    relations: [
      { ...relation, oid: 1, name: 'public.old' },
      { ...relation, oid: 2, name: 'public.new', existedBefore: false },
      { ...relation, oid: 3, name: 'public.old_index', kind: 'index', table: 1 },
    ],
    locks: [1, 2, 3].map((oid) => ({ ...lock, relation: oid })),
  });
  expect(layLanes(recording, undefined).tables).toMatchObject([{ name: 'public.old', locks: [{ kind: 'blocks-all' }, { kind: 'blocks-all' }] }]);
});

test('the axis has round steps, few of them', () => {
  expect(timeAxis(9_400).ticks).toEqual([0, 2_000, 4_000, 6_000, 8_000]);
  expect(timeAxis(0).ticks).toEqual([0, 1]);
  for (const total of [3, 77, 1_234, 59_000, 61_000, 3_700_000, 90_000_000, 9e9]) expect(timeAxis(total).ticks.length, String(total)).toBeLessThan(11);
  expect(timeAxis(200).at(50)).toBe(25);
});

test('the page tells locks, the chain of a stall, errors and what was not seen; names can’t break out', () => {
  const shown = page(exampleRecording(), exampleTraffic());
  for (const text of [
    'ACCESS EXCLUSIVE on public.legal_entity',
    'the migration waits for ACCESS EXCLUSIVE',
    'held by session 4700',
    '0A000',
    'worst stall 5.0 s',
  ]) {
    expect(shown).toContain(text);
  }
  expect(shown).not.toMatch(/ style="/);
  const nasty = '"><script>alert(1)</script>';
  const hostile = recordingOf({
    connections: exampleRecording().connections,
    statements: [recordedStatement({ text: nasty, error: { sqlstate: '42601', message: nasty }, unobserved: [{ what: 'locks', why: nasty }] })],
    relations: [{ oid: 16_400, name: nasty, kind: 'table', existedBefore: true }],
    locks: exampleRecording().locks,
    unobserved: [{ what: 'wal', why: nasty }],
  });
  const traffic = { ...exampleTraffic(), stalls: exampleTraffic().stalls.map((stall) => ({ ...stall, session: nasty, table: nasty, statement: nasty })) };
  expect(page(hostile, traffic)).not.toContain('<script>alert');
});

test('every bar that can be reached by keyboard says what it is, and leads to a row that is there', () => {
  const shown = page(exampleRecording(), exampleTraffic());
  const links = [...shown.matchAll(/<a href="#(recorded-\d+)" aria-label="[^"]+"/g)].map(([, id]) => id);
  expect(links.length).toBe(5);
  for (const id of links) expect(shown).toContain(`id="${id}"`);
});

test('without a recording there is no section; without statements it says so', () => {
  expect(renderHtml(summarise(journal(exampleEvents.blocker())))).not.toContain('id="recording"');
  expect(page(recordingOf())).toContain('No statement went over the wire');
});
