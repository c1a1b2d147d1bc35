import { expect, test } from 'vitest';
import type { FreezeAge, LockHolder } from '../read/read-lock-holders.ts';
import type { ArchiverState } from '../read/read-replication.ts';
import type { ServerState } from '../read/read-server.ts';
import type { Rehearsed } from '../rehearsed.ts';
import { judgeDiskRoom } from './judge-disk-room.ts';
import { judgeLongTransactions } from './judge-long-transactions.ts';
import { judgeConnections } from './judge-migrator.ts';
import { judgeRecovery } from './judge-recovery.ts';
import { judgeArchiving, judgeReplication } from './judge-replication.ts';

const rehearsed: Rehearsed = {
  tables: [{ table: 'public.item', modes: ['ShareLock'], changesRows: false, bytes: 1_000_000 }],
  waitsForSnapshots: false,
  written: [],
  walBytes: 1_000,
};

const holder: LockHolder = {
  table: 'public.item',
  modes: ['RowExclusiveLock'],
  pid: 7,
  gid: null,
  user: 'shop_app',
  application: 'shop',
  state: 'idle in transaction',
  ageSeconds: 600,
  isWraparoundVacuum: false,
  waits: false,
};

const judge = (holders: readonly Partial<LockHolder>[], more: Partial<Rehearsed> = {}, ages: readonly FreezeAge[] = []) =>
  judgeLongTransactions({ value: { holders: holders.map((one) => ({ ...holder, ...one })), snapshots: [], ages } }, { ...rehearsed, ...more }, 60, false);

test('whose lock conflicts, for long, is in the way', () => {
  expect(judge([{}])).toMatchObject({
    outcome: 'no-go',
    reasons: [expect.stringContaining('Session 7 of shop_app (shop), idle in transaction, holds ROW EXCLUSIVE on public.item')],
  });
  expect(judge([{ ageSeconds: 59 }]).outcome).toBe('go');
  expect(judge([{ modes: ['AccessShareLock'] }]).outcome).toBe('go');
  expect(judge([{ table: 'public.other' }]).outcome).toBe('go');
});

test('rows that somebody changed are waited for where the migrations change rows', () => {
  const changing = { tables: [{ table: 'public.item', modes: ['RowExclusiveLock' as const], changesRows: true }] };
  expect(judge([{}], changing).outcome).toBe('no-go');
  expect(judge([{ modes: ['AccessShareLock'] }], changing).outcome).toBe('go');
});

test('a row that a foreign key will name may be one that somebody has changed', () => {
  const referring = { tables: [{ table: 'public.item', modes: ['RowShareLock' as const], changesRows: false }] };
  expect(judge([{}], referring).outcome).toBe('no-go');
  expect(judge([{ modes: ['RowShareLock'] }], referring).outcome).toBe('go');
});

test('whoever keeps the catalogs from being changed is in the way of everything', () => {
  expect(judge([{ table: 'pg_catalog.pg_class', modes: ['ShareLock'] }]).outcome).toBe('no-go');
  expect(judge([{ table: 'pg_catalog.pg_class', modes: ['AccessShareLock'] }], { incomplete: 'nothing was recorded' }).outcome).toBe('go');
});

test('a prepared transaction is in the way at any age', () => {
  expect(judge([{ pid: null, gid: 'left', ageSeconds: 0 }]).outcome).toBe('no-go');
});

test('whose age is hidden is a doubt, and so is whoever holds anything where not all locks are known', () => {
  expect(judge([{ ageSeconds: null, state: null }]).outcome).toBe('unknown');
  expect(judge([{ table: 'public.other' }], { incomplete: 'the rehearsal recorded nothing' })).toMatchObject({ outcome: 'unknown' });
  expect(judge([], { incomplete: 'the rehearsal recorded nothing' }).outcome).toBe('go');
});

test('what is built CONCURRENTLY waits for every old snapshot', () => {
  const one = { pid: 9, gid: null, user: 'report', application: null, state: 'active', ageSeconds: 3_600 };
  const look = (waitsForSnapshots: boolean, more: Partial<Rehearsed> = {}, hidden: { readonly state?: null; readonly ageSeconds?: null } = {}) =>
    judgeLongTransactions({ value: { holders: [], snapshots: [{ ...one, ...hidden }], ages: [] } }, { ...rehearsed, waitsForSnapshots, ...more }, 60, false)
      .outcome;
  expect(look(true)).toBe('no-go');
  expect(look(false)).toBe('go');
  // What was not recorded may wait for them, and of a hidden session nobody knows how old it is.
  expect(look(true, { incomplete: 'nothing was recorded' })).toBe('unknown');
  expect(look(true, {}, { state: null, ageSeconds: null })).toBe('unknown');
});

test('a vacuum that gives way to nobody, and one that is about to begin', () => {
  expect(judge([{ isWraparoundVacuum: true, ageSeconds: 1 }]).outcome).toBe('no-go');
  const aged = { table: 'public.item', limit: 200_000_000, of: 'multixacts' as const };
  expect(judge([], {}, [{ ...aged, age: 200_000_001 }]).outcome).toBe('no-go');
  expect(judge([], {}, [{ ...aged, age: 199_999_999 }]).outcome).toBe('go');
});

test('a standby knows nothing of the primary’s sessions', () => {
  expect(judgeLongTransactions({ value: { holders: [], snapshots: [], ages: [] } }, rehearsed, 60, true).outcome).toBe('unknown');
  expect(judgeLongTransactions({ unknown: 'permission denied' }, rehearsed, 60, false).outcome).toBe('unknown');
});

const limits = { maxReplicaLagSeconds: 60, maxSlotBytes: 1024 ** 3 };
const slot = { name: 'a', kind: 'logical', active: true, retainedBytes: 10, walStatus: 'reserved' };
const replica = { name: 'r', state: 'streaming', lagSeconds: 1, lagBytes: 100, sync: 'async', standsStill: false };
const stopped = { ...replica, lagSeconds: null };

test.each([
  [{ slots: [slot], replicas: [replica] }, 'go'],
  [{ slots: [{ ...slot, active: false }], replicas: [] }, 'no-go'],
  [{ slots: [{ ...slot, walStatus: 'lost' }], replicas: [] }, 'no-go'],
  [{ slots: [{ ...slot, retainedBytes: 1024 ** 3 + 1 }], replicas: [] }, 'no-go'],
  [{ slots: [], replicas: [{ ...replica, lagSeconds: 61 }] }, 'no-go'],
  [{ slots: [], replicas: [{ ...replica, lagSeconds: 61, lagBytes: 0 }] }, 'go'],
  [{ slots: [], replicas: [{ ...replica, state: 'catchup' }] }, 'no-go'],
  [{ slots: [], replicas: [{ name: null, state: null, lagSeconds: null, lagBytes: null, sync: null, standsStill: false }] }, 'unknown'],
  [{ slots: [], replicas: [{ ...stopped, lagBytes: 2 * 1024 ** 3 }] }, 'no-go'],
  [{ slots: [], replicas: [{ ...stopped, lagBytes: 500 * 1024 ** 2 }] }, 'unknown'],
  [{ slots: [], replicas: [stopped] }, 'go'],
  [{ slots: [], replicas: [{ ...replica, lagBytes: 500 * 1024 ** 2 }] }, 'go'],
  [{ slots: [], replicas: [{ ...replica, lagBytes: 500 * 1024 ** 2, standsStill: true }] }, 'unknown'],
  [{ slots: [], replicas: [], synchronousNames: '*' }, 'no-go'],
  [{ slots: [], replicas: [replica], synchronousNames: 'a, b' }, 'no-go'],
  [{ slots: [], replicas: [{ ...replica, sync: 'sync' }], synchronousNames: 'r' }, 'go'],
  [{ slots: [], replicas: [{ ...replica, sync: 'quorum' }], synchronousNames: 'ANY 2 (*)' }, 'no-go'],
])('slots and replicas %j: %s', (value, outcome) => {
  expect(judgeReplication({ value: { synchronousNames: '', ...value } }, limits).outcome).toBe(outcome);
});

const server: ServerState = {
  database: 'shop',
  version: '18.4',
  isStandby: false,
  now: '2026-11-21T10:00:00.000Z',
  maxConnections: 100,
  reservedConnections: 3,
  connections: 10,
  databaseConnectionLimit: -1,
  databaseConnections: 10,
  archiveMode: 'on',
  maxWalBytes: 1024 ** 3,
  seesActivity: true,
};
const archiver: ArchiverState = {
  lastArchived: '2026-11-21T09:50:00.000Z',
  lastFailed: null,
  lastFailedFile: null,
  waitingBytes: 1_000,
  segmentBytes: 16 * 1024 ** 2,
};

test('archiving: working, failing, off, never seen', () => {
  const of = (state: Partial<ServerState>, told: Partial<ArchiverState>) =>
    judgeArchiving({ value: { ...server, ...state } }, { value: { ...archiver, ...told } }, 1024 ** 3).outcome;
  expect(of({}, {})).toBe('go');
  expect(of({}, { lastFailed: '2026-11-21T09:55:00.000Z' })).toBe('no-go');
  expect(of({}, { lastFailed: '2026-11-21T09:45:00.000Z' })).toBe('go');
  expect(of({}, { lastArchived: null })).toBe('unknown');
  expect(of({ archiveMode: 'off' }, {})).toBe('not-applicable');
  // Nothing fails where the command never ends.
  expect(of({}, { waitingBytes: 2 * 1024 ** 3 })).toBe('no-go');
  expect(of({}, { waitingBytes: 17 * 1024 ** 2 })).toBe('unknown');
  expect(of({ now: '2026-11-21T09:51:00.000Z' }, { waitingBytes: 17 * 1024 ** 2 })).toBe('go');
});

const now = new Date('2026-11-21T10:00:00Z');
const recover = (
  settings: Parameters<typeof judgeRecovery>[0]['settings'],
  printed?: Parameters<typeof judgeRecovery>[0]['printed'],
  state: Partial<ServerState> = {},
) => judgeRecovery({ settings, now, server: { value: { ...server, ...state } }, archiver: { value: archiver }, printed }).outcome;

test('recovery by the archiver, by a command, by a person’s word', () => {
  expect(recover(undefined)).toBe('go');
  expect(recover(undefined, undefined, { archiveMode: 'off' })).toBe('unknown');
  expect(recover({ from: 'archiver', maxAgeMinutes: 60 }, undefined, { archiveMode: 'off' })).toBe('no-go');
  expect(recover({ from: 'archiver', maxAgeMinutes: 5 })).toBe('no-go');
  const command = { from: 'command' as const, command: ['when'], maxAgeMinutes: 60 };
  expect(recover(command, { value: '2026-11-21T09:30:00Z' })).toBe('go');
  expect(recover(command, { value: '2026-11-21T08:30:00Z' })).toBe('no-go');
  expect(recover(command, { value: '2026-11-22T08:30:00Z' })).toBe('no-go');
  expect(recover(command, { unknown: 'it ended with 1' })).toBe('unknown');
  const word = { from: 'attestation' as const, by: 'the DBA', maxAgeHours: 24 };
  expect(recover({ ...word, at: '2026-11-20T12:00:00Z' })).toBe('go');
  expect(recover({ ...word, at: '2026-11-20T09:00:00Z' })).toBe('no-go');
  expect(recover({ ...word, at: '2026-11-22T09:00:00Z' })).toBe('no-go');
});

test('connections: of the server, of the database', () => {
  const of = (state: Partial<ServerState>) => judgeConnections({ value: { ...server, ...state } }, 80).outcome;
  expect(of({ connections: 77 })).toBe('go');
  expect(of({ connections: 78 })).toBe('no-go');
  expect(of({ databaseConnectionLimit: 10 })).toBe('no-go');
});

test('room: for WAL and for what is written anew, larger where production’s tables are', () => {
  const written = [{ name: 'public.item', table: 'public.item', bytes: 1_000_000 }];
  const of = (free: number | undefined, more: Partial<Rehearsed> = {}, bytes = 1_000_000) =>
    judgeDiskRoom({
      rehearsed: { ...rehearsed, ...more },
      sizes: { value: new Map([['public.item', bytes]]) },
      server: { value: server },
      free: free === undefined ? undefined : { value: free },
    }).outcome;
  expect(of(undefined)).toBe('go');
  expect(of(undefined, { walBytes: 2 * 1024 ** 3 })).toBe('unknown');
  expect(of(undefined, { written })).toBe('unknown');
  expect(of(1_300_000, { written })).toBe('go');
  expect(of(1_100_000, { written })).toBe('no-go');
  expect(of(1_300_000, { written }, 3_000_000)).toBe('no-go');
  // A clone without this table's rows has measured nothing of it.
  const empty = { tables: [{ table: 'public.item', modes: ['ShareLock' as const], changesRows: false, bytes: 16_384 }] };
  expect(of(1e12, { ...empty, written }, 1e9)).toBe('unknown');
  expect(of(undefined, empty, 1e9)).toBe('unknown');
  expect(of(1e12, { ...empty, written }, 65_536)).toBe('go');
  expect(of(1e12, { written: [{ name: 'public.new', table: 'public.new' }] })).toBe('unknown');
  const { walBytes: _, ...unmeasured } = rehearsed;
  expect(judgeDiskRoom({ rehearsed: unmeasured, sizes: { value: new Map() }, server: { value: server }, free: { value: 1e12 } }).outcome).toBe('unknown');
});
