import { expect, test } from 'vitest';
import type { StatementDraft } from './drafts.ts';
import { seenDuring } from './seen-during.ts';

/** Only what the function looks at. */
const statement = (id: number, startedMs: number, endedMs: number, connection = 1) =>
  ({ id, connection, startedMs, endedMs, transactionDraft: { endMs: endedMs } }) as StatementDraft;
const ids = (statements: readonly StatementDraft[], asked: number, first: number, last = first) =>
  seenDuring(statements, 1, { notYet: 1_000 + asked - 15, asked: 1_000 + asked, first: 1_000 + first, last: 1_000 + last, gone: undefined }, 1_000).map(
    ({ id }) => id,
  );

test('an answer that came late is the earlier statement’s as well, and of no other connection', () => {
  const three = [statement(1, 0, 10), statement(2, 11, 90), statement(3, 0, 90, 2), statement(4, 91, 95)];
  expect(ids(three, 20, 25)).toEqual([2]);
  expect(ids(three, 5, 13)).toEqual([1, 2]);
  expect(ids(three, 8, 30)).toEqual([2, 1]);
  expect(ids(three, 200, 210)).toEqual([]);
});

test('what was still there in later samples is of the statement that was still running', () => {
  expect(ids([statement(1, 0, 10), statement(2, 10, 90)], 1, 11, 80)).toEqual([2]);
  expect(ids([statement(1, 0, 10), statement(2, 10, 20)], 5, 15)).toEqual([1, 2]);
});
