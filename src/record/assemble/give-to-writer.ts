import type { RowsWritten, StatementLock } from '../../core/recording.ts';
import type { StatementDraft } from './drafts.ts';
import type { RelationBook } from './relation-book.ts';

const writesRows = /^(INSERT|UPDATE|DELETE|MERGE|COPY)\b/;

/**
 * Gives rows that were written, and the locks for it, to the statement that wrote them. Where a tool sends several statements at once, one on rows can't be
 * looked at by itself: what it did is first seen by the DDL behind it, which neither writes rows of a table that it didn't make nor takes that lock
 * (PostgreSQL documentation, 13.3.1). Whose it was is only known where one of them writes; else it is nobody's.
 *
 * @param seen the DDL
 * @param unseen the statements between the look before and this one
 */
export function giveToWriter(book: RelationBook, seen: StatementDraft, unseen: readonly StatementDraft[]): void {
  const writers = unseen.filter(({ tag }) => tag !== undefined && writesRows.test(tag));
  const [writer] = writers;
  if (writer === undefined) return;
  const isTaken = ({ mode }: StatementLock) => mode === 'RowExclusiveLock';
  const isMade = ({ relation }: RowsWritten) => book.get(relation)?.madeBy?.id === seen.id;
  const { locks: told = [], written: rows = [] } = seen;
  const locks = told.filter(isTaken);
  seen.locks = told.filter((lock) => !isTaken(lock));
  seen.written = rows.filter(isMade);
  if (writers.length > 1) return;
  writer.locks = [...(writer.locks ?? []), ...locks];
  writer.written = rows.filter((one) => !isMade(one));
  for (const { relation, mode } of locks) {
    const held = seen.transactionDraft.locks.get(relation);
    const lock = held?.get(mode);
    if (lock !== undefined) held?.set(mode, { ...lock, statement: writer });
  }
}
