import type { RecordedConnection, RecordedStatement, RecordedTransaction, Recording, Unobserved } from '../../core/recording.ts';
import type { LogEntry } from '../recorder-log.ts';
import type { ListedRelation } from '../relation-list.ts';
import type { Samples } from '../sampler.ts';
import { addUnobserved } from './add-unobserved.ts';
import type { ConnectionDraft, StatementDraft, TransactionDraft } from './drafts.ts';
import { refusedLocks, sampledLocks, toldLocks } from './find-locks.ts';
import { findWaits } from './find-waits.ts';
import { judgeWal, type OthersSeen } from './judge-wal.ts';
import { LogReader } from './log-reader.ts';
import { RelationBook } from './relation-book.ts';

export interface Recorded {
  readonly log: readonly LogEntry[];
  readonly samples: Samples;
  readonly others: OthersSeen;
  readonly before: readonly ListedRelation[];
  /** Undefined where it couldn't be read. */
  readonly after: readonly ListedRelation[] | undefined;
  readonly startedAt: string;
  /** `performance.now()` at that time, and at the end. */
  readonly zero: number;
  readonly endedAt: number;
  readonly mode: Recording['mode'];
  readonly serverVersionNum: number;
  readonly unobserved: readonly Unobserved[];
}

/** Makes a recording of what was logged and sampled. Pure: the same log gives the same recording. */
export function assembleRecording(recorded: Recorded): Recording {
  const { log, samples, before, after, startedAt, zero, endedAt, mode, serverVersionNum, unobserved } = recorded;
  const book = new RelationBook(before);
  const reader = new LogReader(book, zero, mode === 'event-triggers');
  for (const entry of log) reader.take(entry);
  const endedMs = endedAt - zero;
  reader.finish(endedMs);
  const { connections, transactions, statements } = reader;
  judgeWal(statements, recorded.others, zero);
  const waits = findWaits(samples.waits, connections, statements, zero);
  const told = toldLocks(book, transactions, waits);
  const sampled = sampledLocks(book, samples.locks, connections, statements, zero);
  const refused = refusedLocks(book, [...told, ...sampled], waits);
  const locks = [...told, ...sampled, ...refused].sort((a, b) => a.requestedMs - b.requestedMs || a.connection - b.connection || a.relation - b.relation);
  for (const { relation } of [...locks, ...waits]) if (relation !== undefined) book.use(relation);
  for (const statement of statements)
    conclude(
      book,
      statement,
      waits.filter((wait) => wait.statement === statement),
      mode,
    );
  const relations = book.told(after);
  return {
    startedAt,
    endedMs,
    mode,
    serverVersionNum,
    connections: connections.map(toConnection),
    transactions: transactions.map((transaction) => toTransaction(transaction, statements)),
    statements: statements.map(toStatement).sort((a, b) => a.startedMs - b.startedMs || a.id - b.id),
    locks,
    waits: waits.map(({ statement: _, ...wait }) => wait),
    relations,
    ...(samples.taken === 0 ? {} : { unsampledMs: samples.longestGapMs }),
    unobserved: [...unobserved, ...(after === undefined ? [{ what: 'sizes' as const, why: 'the relations could not be listed at the end' }] : [])],
  };
}

/** What wasn't seen by the end was never seen. */
function conclude(
  book: RelationBook,
  statement: StatementDraft,
  waits: readonly { readonly fromMs: number; readonly toMs: number }[],
  mode: Recording['mode'],
): void {
  statement.waitedMs = waits.reduce((sum, wait) => sum + wait.toMs - wait.fromMs, 0);
  takeWrittenByTag(book, statement);
  const why = statement.error === undefined ? 'it was auto-committed, and tells nothing of itself' : 'it failed';
  if (statement.locks === undefined) addUnobserved(statement, 'locks', `${why}, and no sample showed its locks`);
  if (statement.scans === undefined) addUnobserved(statement, 'scans', why);
  if (statement.written === undefined) addUnobserved(statement, 'rows', why);
  if (statement.error !== undefined) return;
  // With event triggers, whatever writes files anew is told of by them or read from the catalog after the commit.
  if (mode === 'event-triggers' && !statement.unobserved.some(({ what }) => what === 'rewrite-reasons')) {
    statement.rewrites ??= [];
    statement.created ??= [];
    statement.dropped ??= [];
  } else {
    if (statement.rewrites === undefined) addUnobserved(statement, 'rewrites', why);
    if (statement.created === undefined && statement.facts === 'unseen') addUnobserved(statement, 'objects', 'no event trigger told of them');
  }
}

/** The server's own count of rows belongs to the one table that the statement could write to, where it is only one. */
function takeWrittenByTag(book: RelationBook, statement: StatementDraft): void {
  const { tag, rows } = statement;
  if (statement.written !== undefined || rows === null || (tag !== 'INSERT' && tag !== 'UPDATE' && tag !== 'DELETE')) return;
  const tables = statement.locks?.filter(({ relation, mode }) => mode === 'RowExclusiveLock' && book.get(relation)?.table === undefined) ?? [];
  const [only] = tables;
  // ON CONFLICT counts rows that were updated as inserted.
  if (only === undefined || tables.length > 1 || /\bconflict\b/i.test(statement.text)) return;
  book.use(only.relation);
  statement.written = [
    { relation: only.relation, inserted: tag === 'INSERT' ? rows : 0, updated: tag === 'UPDATE' ? rows : 0, deleted: tag === 'DELETE' ? rows : 0 },
  ];
}

function toConnection({ transaction: _, batch: __, wal: ___, settings: ____, counts: _____, ...connection }: ConnectionDraft): RecordedConnection {
  return connection;
}

function toTransaction(draft: TransactionDraft, statements: readonly StatementDraft[]): RecordedTransaction {
  const { locks: _, counts: __, undo: ___, open: ____, savepoints: _____, released: ______, unseen: _______, ...transaction } = draft;
  const own = statements.filter((statement) => statement.transactionDraft === draft);
  if (own.length === 0 || own.some(({ wal }) => wal === undefined)) return transaction;
  return { ...transaction, walBytes: own.reduce((sum, { wal }) => sum + (wal?.bytes ?? 0), 0) };
}

function toStatement({ transactionDraft: _, pid: __, reasons: ___, facts: ____, walSpan: _____, ...statement }: StatementDraft): RecordedStatement {
  return statement;
}
