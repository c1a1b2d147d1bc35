import { parseQualifiedName } from '../../sql/quote.ts';
import type { StatementDraft } from './drafts.ts';
import type { RelationBook } from './relation-book.ts';

const readsRows = /^(SELECT|INSERT|UPDATE|DELETE|MERGE|COPY|DO|CALL)\b/;

/**
 * Takes scans from the DDL that was looked at first after statements that came together with it, where one of those names the table: an UPDATE may have read it
 * as well as an ALTER that validates, and a scan under lock must not be said of the wrong one.
 *
 * @param seen the DDL
 * @param unseen the statements between the look before and this one
 * @returns whether any was taken
 */
export function leaveScans(book: RelationBook, seen: StatementDraft, unseen: readonly StatementDraft[]): boolean {
  const readers = unseen.filter(({ tag }) => tag !== undefined && readsRows.test(tag)).map(({ text }) => text.toLowerCase());
  const isOthers = (relation: number) => {
    const table = parseQualifiedName(book.get(relation)?.name ?? '')?.name.toLowerCase();
    return table !== undefined && readers.some((text) => text.includes(table));
  };
  const scans = seen.scans?.filter(({ relation }) => !isOthers(relation));
  if (scans === undefined || scans.length === seen.scans?.length) return false;
  // None left is not none made.
  if (scans.length > 0) seen.scans = scans;
  else delete seen.scans;
  return true;
}
