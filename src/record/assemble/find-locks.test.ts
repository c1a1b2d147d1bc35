import { expect, test } from 'vitest';
import type { SampledLock } from '../sampler.ts';
import type { ConnectionDraft, StatementDraft, TransactionDraft } from './drafts.ts';
import { sampledLocks } from './find-locks.ts';
import { RelationBook } from './relation-book.ts';

const table = 20_000;
const book = () => new RelationBook([{ oid: table, kind: 'r', schema: 'public', name: 'invoice', filenode: 1, bytes: 8192, rows: 1 }]);

/** A statement that was its own transaction. */
function alone(id: number, startedMs: number, endedMs: number, told: 'told' | 'not told'): StatementDraft {
  const transactionDraft = {
    id,
    connection: 1,
    beginMs: startedMs,
    endMs: endedMs,
    block: false,
    locks: new Map(),
    released: [],
  } as unknown as TransactionDraft;
  const statement = { id, connection: 1, transaction: id, transactionDraft, text: `statement ${id}`, startedMs, endedMs } as unknown as StatementDraft;
  const lock = { relation: table, mode: 'AccessExclusiveLock', statement, releasedMs: undefined } as const;
  if (told === 'told') transactionDraft.locks.set(table, new Map([[lock.mode, lock]]));
  return statement;
}

const connections = [{ id: 1, pid: 7, openedMs: 0, closedMs: 1_000 } as unknown as ConnectionDraft];

function ownersOf(span: Omit<SampledLock['span'], 'notYet' | 'gone'>, statements: readonly StatementDraft[]) {
  const sample: SampledLock = { pid: 7, transaction: '3/1', relation: table, mode: 'AccessExclusiveLock', span: { notYet: 0, gone: undefined, ...span } };
  return sampledLocks(book(), [sample], connections, statements, 0).map(({ transaction }) => transaction);
}

test('a lock that a sample shows is that of the statement that ran from question to answer', () => {
  expect(ownersOf({ asked: 25, first: 30, last: 30 }, [alone(1, 10, 20, 'told'), alone(2, 21, 40, 'not told')])).toEqual([2]);
});

test('an answer that comes when the next statement runs already may tell of the one before, which has told the lock itself', () => {
  expect(ownersOf({ asked: 15, first: 30, last: 30 }, [alone(1, 10, 20, 'told'), alone(2, 21, 40, 'not told')])).toEqual([]);
});

test('what the next sample shows too is not of a statement that was over', () => {
  expect(ownersOf({ asked: 15, first: 30, last: 45 }, [alone(1, 10, 20, 'told'), alone(2, 21, 60, 'not told')])).toEqual([2]);
});

test('nobody’s: no statement ran', () => {
  expect(ownersOf({ asked: 25, first: 30, last: 30 }, [alone(1, 10, 20, 'not told'), alone(2, 31, 40, 'not told')])).toEqual([]);
});
