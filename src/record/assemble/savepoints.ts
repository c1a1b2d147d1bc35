import { significantTokens } from '../../sql/significant-tokens.ts';
import type { Savepoint, TransactionDraft } from './drafts.ts';
import type { RelationBook } from './relation-book.ts';

/**
 * Reads a command about a savepoint; undefined where it is about the whole transaction.
 *
 * @example readSavepoint('rollback to savepoint a') // { verb: 'roll-back', name: 'a' }
 */
export function readSavepoint(text: string): { readonly verb: 'set' | 'release' | 'roll-back'; readonly name: string } | undefined {
  const tokens = significantTokens(text, 5);
  const [first, second] = tokens;
  const to = tokens.findIndex(({ keyword }) => keyword === 'TO');
  const nameAt = (at: number) => tokens[tokens[at]?.keyword === 'SAVEPOINT' && tokens[at + 1]?.name !== undefined ? at + 1 : at]?.name;
  if (first?.keyword === 'SAVEPOINT' && second?.name !== undefined) return { verb: 'set', name: second.name };
  if (first?.keyword === 'RELEASE') {
    const name = nameAt(1);
    return name === undefined ? undefined : { verb: 'release', name };
  }
  const name = first?.keyword === 'ROLLBACK' && to !== -1 ? nameAt(to + 1) : undefined;
  return name === undefined ? undefined : { verb: 'roll-back', name };
}

/** What was done since the savepoint is undone: its files are the old ones again, and the locks that it took are released. */
export function rollBackTo(book: RelationBook, transaction: TransactionDraft, savepoint: Savepoint, atMs: number): void {
  for (const { relation, filenode, bytes } of transaction.undo.splice(savepoint.undo).reverse()) {
    relation.filenode = filenode;
    relation.bytes = bytes;
  }
  for (const locks of transaction.locks.values()) {
    for (const [mode, lock] of locks) {
      if (lock.statement.id < savepoint.statement) continue;
      lock.releasedMs = atMs;
      transaction.released.push(lock);
      locks.delete(mode);
    }
  }
  book.forget(transaction.id, savepoint.statement);
}
