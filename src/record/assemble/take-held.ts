import type { RewriteReason, Sight } from '../../core/recording.ts';
import { type HeldRelation, noCounts, type RelationCounts } from '../held-relations.ts';
import type { StatementDraft } from './drafts.ts';
import type { BookedRelation, RelationBook } from './relation-book.ts';

/** Commands whose effects on files aren't rewrites: nothing is copied. */
const isTruncate = (statement: StatementDraft) => statement.tag?.startsWith('TRUNCATE') === true;

/**
 * Compares what a session holds with what it held before, and gives the difference to the statement: locks that its transaction didn't have yet,
 * relations whose files are new, rows read and written.
 */
export function takeHeld(book: RelationBook, statement: StatementDraft, held: readonly HeldRelation[], seenBy: Sight): void {
  statement.locks ??= [];
  if (seenBy !== 'side') {
    statement.rewrites ??= [];
    statement.scans ??= [];
    statement.written ??= [];
  }
  for (const relation of held) {
    const booked = relation.row === undefined ? book.get(relation.oid) : book.learn({ ...relation.row, oid: relation.oid }, statement).relation;
    // A file that was only there while a rewrite went on has no name to be called by.
    if (booked === undefined) continue;
    takeLocks(book, statement, relation, booked, seenBy);
    if (seenBy === 'side') continue;
    takeFile(book, statement, relation, booked, seenBy);
    takeCounts(book, statement, relation, booked, seenBy);
  }
}

/**
 * Takes what an auto-committed statement read and wrote. The server takes a session's counters about once a second, and a statement that wrote nothing can't be
 * told from one whose counters are gone: only where something was counted is it known.
 */
export function takeCounted(book: RelationBook, statement: StatementDraft, counted: readonly HeldRelation[] = []): void {
  if (!counted.some(({ counts }) => Object.values(counts).some((count) => count > 0))) return;
  statement.scans ??= [];
  statement.written ??= [];
  for (const relation of counted) {
    const booked = book.get(relation.oid);
    if (booked !== undefined) takeCounts(book, statement, relation, booked, 'in-session');
  }
}

function takeLocks(book: RelationBook, statement: StatementDraft, relation: HeldRelation, booked: BookedRelation, seenBy: Sight): void {
  const transaction = statement.transactionDraft;
  const { oid } = booked;
  let locks = transaction.locks.get(oid);
  for (const mode of relation.modes) {
    if (locks?.has(mode) === true) continue;
    if (locks === undefined) {
      locks = new Map();
      transaction.locks.set(oid, locks);
    }
    locks.set(mode, { relation: oid, mode, statement, releasedMs: undefined });
    if (!booked.existedBefore) continue;
    book.use(oid);
    statement.locks?.push({ relation: oid, mode, seenBy });
  }
}

function takeFile(book: RelationBook, statement: StatementDraft, relation: HeldRelation, booked: BookedRelation, seenBy: Sight): void {
  if (relation.row === undefined || relation.row.filenode === 0) return;
  const { filenode } = relation.row;
  if (filenode !== booked.filenode) {
    statement.transactionDraft.undo.push({ relation: booked, filenode: booked.filenode, bytes: booked.bytes });
    if (!isTruncate(statement)) takeRewrite(book, statement, booked, relation.bytes, seenBy);
    booked.filenode = filenode;
  }
  if (relation.bytes !== undefined) booked.bytes = relation.bytes;
}

/** Writes down that a relation's file is a new one. */
export function takeRewrite(book: RelationBook, statement: StatementDraft, booked: BookedRelation, bytesAfter: number | undefined, seenBy: Sight): void {
  book.use(booked.oid);
  statement.rewrites ??= [];
  statement.rewrites.push({
    relation: booked.oid,
    reasons: reasonsFor(statement, booked),
    ...(booked.bytes === undefined ? {} : { bytesBefore: booked.bytes }),
    ...(bytesAfter === undefined ? {} : { bytesAfter }),
    seenBy,
  });
}

function reasonsFor(statement: StatementDraft, relation: BookedRelation): readonly RewriteReason[] {
  const told = statement.reasons.get(relation.oid) ?? (relation.table === undefined ? undefined : statement.reasons.get(relation.table));
  if (told !== undefined) return told;
  const tag = statement.tag ?? '';
  if (tag.startsWith('VACUUM')) return ['vacuum-full'];
  if (tag.startsWith('CLUSTER')) return ['cluster'];
  if (tag.startsWith('REINDEX')) return ['reindex'];
  if (tag.startsWith('REFRESH')) return ['refresh'];
  return ['unknown'];
}

function takeCounts(book: RelationBook, statement: StatementDraft, { oid: currentOid, counts }: HeldRelation, booked: BookedRelation, seenBy: Sight): void {
  const before = statement.transactionDraft.counts.get(currentOid) ?? noCounts;
  statement.transactionDraft.counts.set(currentOid, counts);
  const { oid } = booked;
  const grown = (name: keyof RelationCounts) => Math.max(0, counts[name] - before[name]);
  const isTable = booked.table === undefined;
  if (isTable && grown('scans') > 0 && grown('rowsRead') > 0) {
    book.use(oid);
    statement.scans?.push({ relation: oid, rowsRead: grown('rowsRead'), seenBy });
  }
  const [inserted, updated, deleted] = [grown('inserted'), grown('updated'), grown('deleted')];
  if (inserted + updated + deleted === 0) return;
  book.use(oid);
  statement.written?.push({ relation: oid, inserted, updated, deleted });
}
