import type { LockInterval, LockMode, RecordedRelation, RecordedStatement, Recording, Wait } from '../../src/core/recording.ts';
import type { TrafficReport } from '../../src/core/traffic.ts';

/** A recording with nothing in it but what a test gives. */
export function recordingOf(change: Partial<Recording> = {}): Recording {
  return {
    ...{ startedAt: '2026-11-21T02:45:10.000Z', endedMs: 9_400, mode: 'event-triggers', serverVersionNum: 180004 },
    ...{ connections: [], transactions: [], statements: [], locks: [], waits: [], relations: [], unobserved: [] },
    ...change,
  };
}

export function recordedStatement(change: Partial<RecordedStatement> = {}): RecordedStatement {
  return {
    ...{ id: 1, connection: 1, transaction: 1, text: 'select 1', protocol: 'simple', rows: null, startedMs: 0, endedMs: 1, unobserved: [] },
    ...change,
  };
}

const relation = (oid: number, name: string, rows: number, bytes: number): RecordedRelation => ({
  ...{ oid, name, kind: 'table', existedBefore: true, rowsBefore: rows, bytesBefore: bytes, bytesAfter: bytes },
});

const lock = (oid: number, mode: LockMode, requestedMs: number, grantedMs: number, releasedMs: number, transaction = 1): LockInterval => ({
  ...{ connection: 1, transaction, relation: oid, mode, requestedMs, grantedMs, releasedMs, withinMs: 0 },
});

/** A deploy that queues behind a long reader, and holds up everybody who comes after it. */
export function exampleRecording(): Recording {
  const place = (file: string, line: number) => ({ file: `migrations/flawed/${file}.sql`, line });
  const statements = [
    { migration: '0005_add_overdue_status', line: 1, text: "alter type public.invoice_status add value 'overdue'", tag: 'ALTER TYPE', from: 20, to: 24 },
    {
      migration: '0006_rename_legal_entity_to_tenant',
      line: 1,
      text: 'alter table public.legal_entity rename to tenant',
      tag: 'ALTER TABLE',
      from: 60,
      to: 2_910,
    },
    {
      migration: '0006_rename_legal_entity_to_tenant',
      line: 2,
      text: 'alter table public.invoice rename column legal_entity_id to tenant_id',
      tag: 'ALTER TABLE',
      from: 2_912,
      to: 2_916,
    },
    {
      migration: '0008_mark_overdue_invoices',
      line: 2,
      text: "update public.invoice set status = 'overdue' where due_on < now()",
      tag: 'UPDATE',
      from: 2_960,
      to: 5_100,
    },
    {
      migration: '0009_index_open_invoices',
      line: 1,
      text: 'create index invoice_open on public.invoice (due_on)',
      tag: 'CREATE INDEX',
      from: 5_200,
      to: 9_300,
    },
  ];
  const blocked = (pid: number, session: string | undefined, blockedBy: readonly number[], fromMs: number, toMs: number): Wait => ({
    ...{ pid, relation: 16_400, mode: 'AccessShareLock', fromMs, toMs, blockedBy, withinMs: 20 },
    ...(session?.startsWith('writer') === true ? { relation: 16_410, mode: 'RowExclusiveLock' } : {}),
    ...(session === undefined ? { connection: 1, mode: 'AccessExclusiveLock' } : { session }),
  });
  return recordingOf({
    connections: [{ id: 1, pid: 4_711, user: 'arrowroot_migrator', database: 'arrowroot', openedMs: 2, closedMs: 9_390, ending: 'closed' }],
    transactions: [
      { id: 1, connection: 1, beginMs: 18, endMs: 5_150, outcome: 'committed', block: true },
      { id: 2, connection: 1, beginMs: 5_200, endMs: 9_300, outcome: 'committed', block: false },
    ],
    statements: statements.map(({ migration, line, text, tag, from, to }, index) =>
      recordedStatement({
        ...{ id: index + 1, transaction: index === 4 ? 2 : 1, migration, place: place(migration, line), text, tag },
        ...{ startedMs: from, endedMs: to, rows: tag === 'UPDATE' ? 4_938 : null, lockTimeoutMs: 0, wal: { bytes: 41_200 * (index + 1), alone: false } },
        ...(index === 1 ? { waitedMs: 2_845, locks: [{ relation: 16_400, mode: 'AccessExclusiveLock', seenBy: 'event-trigger' as const }] } : {}),
      }),
    ),
    locks: [
      lock(16_400, 'AccessExclusiveLock', 60, 2_905, 5_150),
      lock(16_410, 'AccessExclusiveLock', 2_912, 2_912, 5_150),
      lock(16_410, 'RowExclusiveLock', 2_960, 2_960, 5_150),
      lock(16_410, 'ShareLock', 5_200, 5_201, 9_300, 2),
    ],
    waits: [
      blocked(4_711, undefined, [4_700], 60, 2_905),
      blocked(4_720, 'reader of public.tenant', [4_711], 110, 5_148),
      blocked(4_721, 'writer of public.invoice', [4_711], 5_240, 9_298),
    ],
    relations: [{ ...relation(16_400, 'public.legal_entity', 40, 24_576), nameAfter: 'public.tenant' }, relation(16_410, 'public.invoice', 30_000, 6_291_456)],
  });
}

export function exampleTraffic(): TrafficReport {
  const { waits } = exampleRecording();
  const durations = { p50Ms: 0.6, p95Ms: 1.4, maxMs: 5_038 };
  return {
    sessions: [
      {
        ...{ name: 'reader of public.tenant', kind: 'reader', table: 'public.tenant', statement: 'select * from public.tenant where id = $1', pid: 4_720 },
        ...{ runs: 84, durations, errors: [] },
      },
      {
        ...{ name: 'prepared reader of public.invoice', kind: 'prepared', table: 'public.invoice', statement: 'select * from public.invoice', pid: 4_722 },
        ...{ runs: 31, durations: { p50Ms: 0.8, p95Ms: 2.1, maxMs: 2_240 } },
        errors: [{ sqlstate: '0A000', message: 'cached plan must not change result type', count: 3, firstMs: 5_160 }],
      },
    ],
    stalls: [
      {
        ...{ session: 'reader of public.tenant', table: 'public.tenant', statement: 'select * from public.tenant where id = $1', fromMs: 110, toMs: 5_148 },
        chain: [waits[1], waits[0]].filter((wait) => wait !== undefined),
      },
      {
        ...{ session: 'writer of public.invoice', table: 'public.invoice', statement: 'update public.invoice …', fromMs: 5_240, toMs: 9_298 },
        chain: waits.slice(2),
      },
    ],
    without: [{ table: 'public.audit_log', why: 'it has no rows' }],
  };
}
