import type { LockMode } from '../../core/recording.ts';
import type { ListedRelation } from '../relation-list.ts';
import type { StatementDraft } from './drafts.ts';
import type { RelationBook } from './relation-book.ts';
import { takeRewrite } from './take-held.ts';

/**
 * Takes from the catalog, read after a commit, which relations have new files. A file is only exchanged under the strongest lock, so that lock was there
 * although nobody saw it; an index that was built anew in its place had its table under ShareLock (PostgreSQL documentation, 13.3.1).
 */
export function takeChanged(book: RelationBook, statement: StatementDraft, changed: readonly ListedRelation[]): void {
  statement.rewrites ??= [];
  for (const listed of changed) {
    const { relation, isNew } = book.learn(listed, statement);
    if (isNew) {
      book.use(listed.oid);
      continue;
    }
    if (listed.filenode === 0 || listed.filenode === relation.filenode) continue;
    if (statement.tag?.startsWith('TRUNCATE') !== true) takeRewrite(book, statement, relation, undefined, 'side');
    relation.filenode = listed.filenode;
    takeLock(book, statement, relation.oid, 'AccessExclusiveLock');
    if (statement.tag?.startsWith('REINDEX') === true && listed.table !== undefined) takeLock(book, statement, listed.table, 'ShareLock');
  }
}

function takeLock(book: RelationBook, statement: StatementDraft, relation: number, mode: LockMode): void {
  const locks = statement.transactionDraft.locks.get(relation) ?? new Map();
  statement.transactionDraft.locks.set(relation, locks);
  if (locks.has(mode)) return;
  locks.set(mode, { relation, mode, statement, releasedMs: undefined });
  book.use(relation);
  statement.locks ??= [];
  if (book.get(relation)?.existedBefore === true) statement.locks.push({ relation, mode, seenBy: 'side' });
}
