import type { LockMode, RecordedConnection, RecordedStatement, RecordedTransaction, RewriteReason } from '../../core/recording.ts';
import type { RelationCounts } from '../held-relations.ts';
import type { WalPosition } from '../recorder-log.ts';
import type { BookedRelation } from './relation-book.ts';

/** A recording's parts while they are being put together. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer U)[] | undefined ? U[] | Extract<T[K], undefined> : T[K] };

export interface StatementDraft extends Draft<RecordedStatement> {
  readonly transactionDraft: TransactionDraft;
  readonly pid: number;
  readonly reasons: Map<number, readonly RewriteReason[]>;
  /** Whether all of it, or only some, was told by something that sees all. */
  facts: 'seen' | 'unseen';
  /** When what is told of the WAL was written. */
  walSpan?: TimeSpan;
}

export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface TransactionDraft extends Draft<RecordedTransaction> {
  readonly locks: Map<number, Map<LockMode, HeldLock>>;
  readonly counts: Map<number, RelationCounts>;
  /** What must be put back in the book when it is rolled back. */
  readonly undo: { readonly relation: BookedRelation; readonly filenode: number; readonly bytes: number | undefined }[];
  readonly savepoints: Savepoint[];
  /** Statements that did something, and that nobody has looked at yet. */
  readonly unseen: StatementDraft[];
  /** Locks that went with a savepoint. */
  readonly released: HeldLock[];
  open: boolean;
}

export interface Savepoint {
  readonly name: string;
  /** Its statement's id. */
  readonly statement: number;
  /** How many entries `undo` had. */
  readonly undo: number;
}

/** A lock that a transaction took, from the statement that took it on. */
export interface HeldLock {
  readonly relation: number;
  readonly mode: LockMode;
  readonly statement: StatementDraft;
  releasedMs: number | undefined;
}

export interface ConnectionDraft extends Draft<RecordedConnection> {
  transaction: TransactionDraft | undefined;
  /** Statements since the server was last ready. */
  batch: StatementDraft[];
  /** As they were when the server was last ready; undefined where they may have changed since. */
  settings: { readonly lockTimeoutMs: number; readonly statementTimeoutMs: number } | undefined;
  /** End of the WAL when that was last known. */
  wal: WalPosition | undefined;
  /** As last seen since the session was idle: only then are its statistics handed in, so that those of a chained transaction go on from here. */
  counts: Map<number, RelationCounts>;
}
