import type { LockInterval, Wait } from '../../core/recording.ts';
import type { SampledLock } from '../sampler.ts';
import type { ConnectionDraft, HeldLock, StatementDraft, TransactionDraft } from './drafts.ts';
import { endsItsLocksItself } from './log-reader.ts';
import type { RelationBook } from './relation-book.ts';
import { seenDuring } from './seen-during.ts';

/** Locks that the log told of, from their request to the end of their transaction. */
export function toldLocks(
  book: RelationBook,
  transactions: readonly TransactionDraft[],
  waits: readonly (Wait & { readonly statement?: StatementDraft })[],
): LockInterval[] {
  return transactions.flatMap((transaction) =>
    [...[...transaction.locks.values()].flatMap((locks) => [...locks.values()]), ...transaction.released]
      .filter((lock) => book.get(lock.relation)?.madeBy?.transaction !== transaction.id)
      .map((lock) => intervalOf(lock, transaction, waits)),
  );
}

function intervalOf(lock: HeldLock, transaction: TransactionDraft, waits: readonly (Wait & { readonly statement?: StatementDraft })[]): LockInterval {
  const { statement, relation, mode } = lock;
  const ofStatement = waits.filter((wait) => wait.statement === statement);
  const own = ofStatement.find((wait) => wait.relation === relation && wait.mode === mode);
  const base = { connection: statement.connection, transaction: transaction.id, relation, mode, releasedMs: lock.releasedMs ?? transaction.endMs };
  if (own !== undefined) return { ...base, requestedMs: own.fromMs, grantedMs: own.toMs, withinMs: own.withinMs };
  // Where the statement waited for another lock, this one may have come before or after that.
  const waited = ofStatement.reduce((sum, wait) => sum + wait.toMs - wait.fromMs, 0);
  return { ...base, requestedMs: statement.startedMs, grantedMs: statement.startedMs, withinMs: waited };
}

/** Adds what only samples showed: locks of statements that tell nothing themselves, or that failed. */
export function sampledLocks(
  book: RelationBook,
  samples: readonly SampledLock[],
  connections: readonly ConnectionDraft[],
  statements: readonly StatementDraft[],
  zero: number,
): LockInterval[] {
  return samples.flatMap((sample) => {
    const { span, mode } = sample;
    const [firstMs, lastMs] = [span.first - zero, span.last - zero];
    const booked = book.get(sample.relation);
    const connection = connections.find(({ pid, openedMs, closedMs }) => pid === sample.pid && openedMs <= firstMs && span.asked - zero <= closedMs);
    if (booked === undefined || connection === undefined) return [];
    const relation = booked.oid;
    const possible = seenDuring(statements, connection.id, span, zero);
    // One that told of the lock itself explains the sample.
    if (possible.some((one) => one.transactionDraft.locks.get(relation)?.has(mode) === true)) return [];
    const [statement] = possible;
    if (statement === undefined || booked.madeBy?.transaction === statement.transaction) return [];
    const transaction = statement.transactionDraft;
    const locks = transaction.locks.get(relation) ?? new Map();
    transaction.locks.set(relation, locks);
    locks.set(mode, { relation, mode, statement, releasedMs: undefined });
    book.use(relation);
    statement.locks ??= [];
    if (booked.existedBefore) statement.locks.push({ relation, mode, seenBy: 'sample' });
    const gone = (span.gone ?? span.last) - zero;
    const early = endsItsLocksItself(statement);
    const requestedMs = Math.max(statement.startedMs, (span.notYet - zero + firstMs) / 2);
    const releasedMs = early || statement.error !== undefined ? Math.min((lastMs + gone) / 2, statement.endedMs) : transaction.endMs;
    return [
      {
        connection: connection.id,
        transaction: transaction.id,
        relation,
        mode,
        requestedMs,
        grantedMs: requestedMs,
        releasedMs: Math.max(releasedMs, requestedMs),
        withinMs: Math.max(firstMs - requestedMs, early ? (gone - lastMs) / 2 : 0),
      },
    ];
  });
}

/** Locks of the migration that were waited for and never granted. */
export function refusedLocks(
  book: RelationBook,
  known: readonly LockInterval[],
  waits: readonly (Wait & { readonly statement?: StatementDraft })[],
): LockInterval[] {
  return waits.flatMap((wait) => {
    const { statement, relation, connection, mode } = wait;
    if (statement === undefined || relation === undefined || connection === undefined) return [];
    const granted = known.some(
      (lock) =>
        lock.connection === connection && lock.relation === relation && lock.mode === mode && lock.requestedMs <= wait.toMs && lock.releasedMs >= wait.fromMs,
    );
    if (granted) return [];
    book.use(relation);
    return [
      {
        connection,
        transaction: statement.transaction,
        relation,
        mode: mode as LockInterval['mode'],
        requestedMs: wait.fromMs,
        releasedMs: wait.toMs,
        withinMs: wait.withinMs,
      },
    ];
  });
}
