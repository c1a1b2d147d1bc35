import { expect, test } from 'vitest';
import type { RecordedConnection, Wait } from '../core/recording.ts';
import type { Stall, TrafficKind, TrafficSession } from '../core/traffic.ts';
import { worstStalls } from './worst-stalls.ts';

const session = (name: string, pid: number, kind: TrafficKind = 'reader'): TrafficSession => ({
  name,
  kind,
  statement: '',
  pid,
  runs: 1,
  durations: { p50Ms: 0, p95Ms: 0, maxMs: 0 },
  errors: [],
});
const sessions = [session('reader', 1), session('writer', 2, 'writer'), session('long reader', 3, 'long-reader')];
const connection: RecordedConnection = { id: 7, pid: 10, user: 'm', database: 'd', openedMs: 0, closedMs: 9e9, ending: 'closed' };
const wait = (pid: number, blockedBy: readonly number[], fromMs: number, toMs: number): Wait => ({ pid, mode: '', fromMs, toMs, blockedBy, withinMs: 20 });
const stall = (name: string, fromMs: number, toMs: number): Stall => ({ session: name, statement: '', fromMs, toMs, chain: [] });

function told(stalls: readonly Stall[], waits: readonly Wait[]) {
  return worstStalls({ sessions, stalls, without: [] }, { waits, connections: [connection] }).map(({ session, chain, heldBy, queuedMs }) => ({
    session,
    chain: chain.map(({ pid }) => pid),
    heldBy,
    queuedMs,
  }));
}

test('a chain goes on to who waits for most of the time, and ends with who holds', () => {
  const [queued] = told([stall('reader', 0, 3000)], [wait(1, [10], 20, 3000), wait(10, [2, 3], 0, 2900), wait(1, [10], 9000, 99_000)]);
  expect(queued).toEqual({ session: 'reader', chain: [1, 10], heldBy: { pid: 3, session: 'long reader' }, queuedMs: 2900 });
  // The migration waited a little and then held its lock for long.
  const [held] = told([stall('reader', 0, 3000)], [wait(1, [10], 20, 3000), wait(10, [3], 0, 500)]);
  expect(held).toEqual({ session: 'reader', chain: [1], heldBy: { pid: 10, connection: 7 }, queuedMs: 500 });
});

test('worst first, strangers by their number, and nothing where no wait was seen', () => {
  expect(told([stall('reader', 0, 10), stall('writer', 0, 20)], [wait(2, [99], 0, 20)])).toEqual([
    { session: 'writer', chain: [2], heldBy: { pid: 99 }, queuedMs: 0 },
    { session: 'reader', chain: [], heldBy: undefined, queuedMs: undefined },
  ]);
});

test('a deadlock is a ring, and ends', () => {
  expect(told([stall('reader', 0, 100)], [wait(1, [10], 0, 100), wait(10, [1], 0, 100)])).toEqual([
    { session: 'reader', chain: [1, 10], heldBy: undefined, queuedMs: 100 },
  ]);
});
