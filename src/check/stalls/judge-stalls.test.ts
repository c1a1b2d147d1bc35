import { expect, test } from 'vitest';
import { settingsSchema } from '../../config/schema.ts';
import type { RecordedStatement, Recording, Wait } from '../../core/recording.ts';
import type { Stall, TrafficReport, TrafficSession } from '../../core/traffic.ts';
import { gaveUpBehindReader } from './gave-up.ts';
import { judgeStalls } from './judge-stalls.ts';
import type { StallsInput } from './stalls-input.ts';

const { record } = settingsSchema.parse({
  source: { dump: 'd' },
  migrate: { tool: 'sql-files', folder: 'm', layout: 'flat' },
  baseline: { mode: 'init-at-head', schema: ['s.sql'] },
});

const statement: RecordedStatement = {
  id: 1,
  connection: 1,
  transaction: 1,
  migration: '7_paid',
  place: { file: 'm/7_paid.sql', line: 3 },
  text: 'alter table invoice alter total type bigint',
  protocol: 'simple',
  rows: null,
  startedMs: 100,
  endedMs: 5100,
  unobserved: [],
};
const recording = (more: Partial<Recording> = {}): Recording => ({
  startedAt: '2026-01-01T00:00:00.000Z',
  endedMs: 6000,
  mode: 'event-triggers',
  serverVersionNum: 180_000,
  connections: [{ id: 1, pid: 10, user: 'm', database: 'd', openedMs: 0, closedMs: 6000, ending: 'closed' }],
  transactions: [],
  statements: [statement],
  locks: [],
  waits: [],
  relations: [],
  unobserved: [],
  ...more,
});
const session = (kind: TrafficSession['kind'], more: Partial<TrafficSession> = {}): TrafficSession => ({
  name: `${kind} of public.invoice`,
  kind,
  table: 'public.invoice',
  statement: 'select 1',
  pid: 20,
  user: 'app',
  runs: 90,
  overlapped: 80,
  durations: { p50Ms: 1, p95Ms: 2, maxMs: 3 },
  errors: [],
  ...more,
});
const wait = (pid: number, blockedBy: readonly number[], fromMs: number, toMs: number): Wait => ({
  pid,
  mode: 'AccessShareLock',
  fromMs,
  toMs,
  blockedBy,
  withinMs: 20,
});
const stall = (more: Partial<Stall> = {}): Stall => ({
  session: 'reader of public.invoice',
  table: 'public.invoice',
  statement: 'select 1',
  fromMs: 100,
  toMs: 5100,
  queuedMs: 0,
  chain: [{ ...wait(20, [10], 110, 5100), session: 'reader of public.invoice' }],
  heldBy: { pid: 10, connection: 1 },
  ...more,
});

function judged(
  report: Partial<TrafficReport>,
  {
    recorded = {},
    queued = 'report',
    tables,
    checks = {},
  }: {
    recorded?: Partial<Recording>;
    queued?: 'fail' | 'report';
    tables?: string[];
    checks?: Partial<StallsInput['settings']['record']['checks']>;
  } = {},
) {
  const { gate, findings } = judgeStalls({
    report: { sessions: [session('reader')], stalls: [], without: [], ...report },
    recording: recording(recorded),
    settings: { record: { ...record, checks: { ...record.checks, ...checks } }, traffic: { queued, tables } },
  });
  return { gate, findings, found: findings.map(({ id, severity }) => `${severity} ${id}`) };
}

test('bad: a lock that was held for long, with the statement that held it', () => {
  const { gate, findings, found } = judged({ stalls: [stall()] });
  expect(found).toEqual(['blocker stall:table:public.invoice:held']);
  expect(findings[0]).toMatchObject({
    rootCause: 'lock',
    title: 'The reader of public.invoice had to wait 5.0 s for a lock that migration 7_paid held',
    migration: '7_paid',
    place: { file: 'm/7_paid.sql', line: 3 },
    detail: expect.stringContaining('Who waited for whom: reader of public.invoice → alter table invoice alter total type bigint.'),
  });
  expect(gate).toMatchObject({ gate: 'traffic', phase: 'migrate', outcome: 'failed', required: true, couldFail: true });
});

test('a queue behind a long reader is told, and fails where the team says so; a lock held afterwards is still one that was held', () => {
  const long = session('long-reader', { name: 'long reader of public.invoice', pid: 30 });
  const queued = stall({
    queuedMs: 4900,
    chain: [
      { ...wait(20, [10], 110, 5000), session: 'reader of public.invoice' },
      { ...wait(10, [30], 100, 5000), query: statement.text },
    ],
    heldBy: { pid: 30, session: 'long reader of public.invoice' },
  });
  const told = judged({ sessions: [session('reader'), long], stalls: [queued] });
  expect(told.found).toEqual(['warning stall:table:public.invoice:queued']);
  expect(told.findings[0]).toMatchObject({
    title: 'The reader of public.invoice had to wait 5.0 s behind migration 7_paid, which waited for a lock without giving up',
    detail: expect.stringContaining('reader of public.invoice → alter table invoice alter total type bigint → long reader of public.invoice.'),
    advice: { statements: ["set lock_timeout = '2s'", statement.text] },
  });
  expect(told.gate.outcome).toBe('passed');
  expect(judged({ stalls: [queued] }, { queued: 'fail' }).found).toEqual(['blocker stall:table:public.invoice:queued']);
  expect(judged({ stalls: [{ ...queued, queuedMs: 3000 }] }).found).toEqual(['blocker stall:table:public.invoice:held']);
});

test('good: who waited for less than the limit wasn’t stalled', () => {
  const { gate, found } = judged({ stalls: [stall({ toMs: 1099 })] });
  expect(found).toEqual([]);
  expect(gate).toMatchObject({
    outcome: 'passed',
    couldFail: true,
    summary: 'Nobody had to wait for longer than 999 ms.',
    proof: '80 runs of 1 session while statements of the migrations ran',
  });
});

test('a traffic that no statement overlapped is no proof: required where the migrations were slow enough to stall somebody', () => {
  const missed = { sessions: [session('reader', { overlapped: 0 })] };
  expect(judged(missed).gate).toMatchObject({ outcome: 'inconclusive', required: true, couldFail: false });
  const quick = { statements: [{ ...statement, endedMs: 104 }] };
  expect(judged(missed, { recorded: quick }).gate).toMatchObject({ outcome: 'inconclusive', required: false, couldFail: false });
  expect(judged({ sessions: [] }, { recorded: quick }).gate).toMatchObject({
    outcome: 'inconclusive',
    required: false,
    proof: 'no session could read or write',
  });
});

test('slow without a lock: told where locks were seen, a doubt where they weren’t', () => {
  const slow = { ...stall(), chain: [] };
  expect(judged({ stalls: [slow] }).found).toEqual(['warning stall:table:public.invoice:unknown']);
  const blind = { unobserved: [{ what: 'locks', why: 'x' }] } as const;
  expect(judged({ stalls: [slow] }, { recorded: blind }).found).toEqual(['doubt stall:table:public.invoice:unknown']);
  expect(judged({ stalls: [slow, stall()] }, { checks: { stall: 'off' } }).found).toEqual([]);
  expect(judged({ stalls: [stall()] }, { checks: { stall: 'note' } }).found).toEqual(['note stall:table:public.invoice:held']);
});

const error = (sqlstate: string, message: string, statement?: string) => ({
  sqlstate,
  message,
  count: 2,
  firstMs: 5,
  ...(statement === undefined ? {} : { statement }),
});
const cached = 'cached plan must not change result type';

test('errors: what the application may not see blocks; what only its habits decide is told', () => {
  const met = (kind: TrafficSession['kind'], ...errors: ReturnType<typeof error>[]) => judged({ sessions: [session(kind, { errors })] }).found;
  expect(met('prepared', error('0A000', cached, 'select id from public.invoice'), error('0A000', cached, 'select * from public.invoice'))).toEqual([
    'warning application-errors:table:public.invoice:0A000',
    'note application-errors:table:public.invoice:0A000:whole-row',
  ]);
  expect(met('reader', error('42P01', 'relation "public.invoice" does not exist'))).toEqual(['warning application-errors:table:public.invoice:42P01']);
  expect(met('reader', error('42501', 'permission denied'))).toEqual(['blocker application-errors:table:public.invoice:42501']);
  expect(met('writer', error('40P01', 'deadlock detected'))).toEqual(['blocker application-errors:table:public.invoice:40P01']);
  expect(met('reader', error('08006', 'terminated'))).toEqual(['doubt application-errors:table:public.invoice:08006']);
  const { table: _, ...replay } = session('replay', {
    name: 'replay 1',
    statement: 'select note\n from invoice',
    errors: [error('42703', 'column "note" does not exist')],
  });
  expect(judged({ sessions: [replay] }).found).toEqual(['blocker application-errors:statement:select note from invoice:42703']);
  expect(judged({ sessions: [replay] }, { checks: { 'application-errors': 'warning' } }).found[0]).toMatch(/^warning /);
  expect(judged({ sessions: [replay] }, { checks: { 'application-errors': 'off' } }).found).toEqual([]);
});

test('a deadlock of the migration itself is a failure', () => {
  const deadlock = { ...statement, error: { sqlstate: '40P01', message: 'deadlock detected', detail: 'Process 10 waits' } };
  expect(judged({}, { recorded: { statements: [deadlock] } }).findings).toMatchObject([
    { id: 'application-errors:migration:7_paid:40P01', severity: 'blocker', rootCause: 'lock', detail: 'Process 10 waits', migration: '7_paid' },
  ]);
});

test('tables without traffic: a note, a doubt where the team named them, a warning where they were locked for long', () => {
  const without = [{ table: 'public.secret', why: 'reader of public.secret: permission denied' }];
  expect(judged({ without }).found).toEqual(['note stall:table:public.secret:unusable']);
  expect(judged({ without }, { tables: ['public.secret'] })).toMatchObject({
    found: ['doubt stall:table:public.secret:unusable'],
    gate: { outcome: 'inconclusive' },
  });
  const relation = (oid: number, name: string, existedBefore = true) => ({ oid, name, kind: 'table' as const, existedBefore });
  const lock = (oid: number, releasedMs: number) => ({
    connection: 1,
    relation: oid,
    mode: 'ShareLock' as const,
    requestedMs: 0,
    grantedMs: 0,
    releasedMs,
    withinMs: 0,
  });
  const relations = [
    relation(1, 'public.far'),
    relation(2, 'public.invoice'),
    relation(3, 'public.new', false),
    relation(4, 'public.part_1'),
    relation(5, 'public.brief'),
  ];
  const locks = [lock(1, 1500), lock(1, 2000), lock(2, 2000), lock(3, 2000), lock(4, 2000), lock(5, 999)];
  const unseen = judged({ partitions: ['public.part_1'] }, { recorded: { relations, locks } });
  expect(unseen.findings).toMatchObject([{ id: 'stall:table:public.far:unseen', severity: 'warning', title: expect.stringContaining('locked for 2.0 s') }]);
});

const on = (kind: TrafficSession['kind'], table: string, ...errors: ReturnType<typeof error>[]) =>
  session(kind, { name: `${kind} of ${table}`, table, errors: errors.map((one) => ({ ...one, firstMs: 5 })) });

test('one error on many tables is one finding, whatever each of them is called; another error is another', () => {
  const gone = (name: string) => error('42P01', `relation "${name}" does not exist`, `select id from ${name}`);
  const names = ['public.d', 'public.b', 'public.c', 'public.a'];
  const sessions = [
    ...names.map((name) => on('reader', name, gone(name))),
    on('writer', 'public.a', gone('public.a')),
    on('reader', 'public.e', error('42703', 'column "x" does not exist')),
  ];
  const { found, findings } = judged({ sessions });
  expect(found).toEqual(['warning application-errors:table:public.a:42P01', 'warning application-errors:table:public.e:42703']);
  expect(findings[0]).toMatchObject({
    title: 'Sessions on public.a, public.b and 2 more: relation "…" does not exist (SQLSTATE 42P01)',
    detail: expect.stringMatching(
      /On public\.a: relation "public\.a" does not exist\. It ran: select id from public\.a\nIt failed 4 times[\s\S]*On public\.d: /,
    ),
  });
  expect(judged({ sessions: sessions.toReversed() }).findings).toEqual(findings);
});

test('stalls of one migration are one finding, with the longest of each table; those of two migrations are two', () => {
  const other: RecordedStatement = { ...statement, id: 2, connection: 2, migration: '8_other' };
  const of = (table: string, toMs: number, connection = 1) =>
    stall({ table, session: `reader of ${table}`, toMs, chain: [{ ...wait(20, [connection * 10], 110, toMs) }], heldBy: { pid: connection * 10, connection } });
  const connections = [1, 2].map((id) => ({ id, pid: id * 10, user: 'm', database: 'd', openedMs: 0, closedMs: 6000, ending: 'closed' as const }));
  const stalls = [of('public.b', 5100), of('public.c', 4100), of('public.a', 3100), of('public.a', 2100, 2)];
  const { found, findings } = judged({ stalls }, { recorded: { connections, statements: [statement, other] } });
  expect(found).toEqual(['blocker stall:table:public.a:held', 'blocker stall:table:public.a:held:2']);
  expect(findings).toMatchObject([
    {
      title: 'Sessions on public.a, public.b and public.c had to wait up to 5.0 s for a lock that migration 7_paid held',
      detail: expect.stringContaining('The longest on each: public.a 3.0 s, public.b 5.0 s, public.c 4.0 s.'),
    },
    { title: 'The reader of public.a had to wait 2.0 s for a lock that migration 8_other held' },
  ]);
});

test('who gives up behind the long reader is told from who fails for another reason', () => {
  const reader = session('long-reader', { name: 'long reader of public.invoice', pid: 30 });
  const report = { sessions: [session('reader'), reader], stalls: [stall({ toMs: 300 })], without: [] };
  const failing = (sqlstate: string, waits: Wait[] = []) =>
    gaveUpBehindReader(recording({ statements: [{ ...statement, endedMs: 2100, error: { sqlstate, message: 'canceling statement' } }], waits }), report);
  const behind = { ...wait(10, [30], 101, 2099), connection: 1 };
  expect(failing('55P03', [behind])).toMatchObject({
    id: 'stall:migration:7_paid:gave-up',
    severity: 'note',
    title: 'Migration 7_paid gave up after 2.0 s behind the long reader of public.invoice; without it, all was tried again',
    detail: expect.stringContaining('The longest that anybody waited: the reader of public.invoice, 200 ms.'),
  });
  // NOWAIT waits for nobody.
  expect(failing('55P03')).toBeDefined();
  expect(failing('57014', [behind])).toBeDefined();
  expect(failing('57014')).toBeUndefined();
  expect(failing('57014', [{ ...behind, blockedBy: [31] }])).toBeUndefined();
  expect(failing('23502', [behind])).toBeUndefined();
  const failed = recording({ statements: [{ ...statement, error: { sqlstate: '55P03', message: 'x' } }] });
  expect(gaveUpBehindReader(failed, { ...report, sessions: [session('reader')] })).toBeUndefined();
});

test('what was met in an earlier try is told with the rest', () => {
  const [earlier] = judged({ stalls: [stall()] }).findings;
  if (earlier === undefined) throw new Error('nothing was found');
  const input = {
    report: { sessions: [session('reader')], stalls: [], without: [] },
    recording: recording(),
    earlier: [{ ...earlier, severity: 'note' as const }],
  };
  expect(judgeStalls({ ...input, settings: { record, traffic: { queued: 'report', tables: undefined } } }).gate).toMatchObject({
    outcome: 'passed',
    findingIds: [earlier.id],
  });
});
