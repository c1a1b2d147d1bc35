import { expect, test } from 'vitest';
import type { StatementDraft } from './drafts.ts';
import { judgeWal } from './judge-wal.ts';

/** A statement of which the WAL was read from one time to another. */
function statement(connection: number, fromMs: number, toMs: number): StatementDraft {
  return { connection, startedMs: fromMs, endedMs: toMs, wal: { bytes: 1, alone: true }, walSpan: { fromMs, toMs } } as StatementDraft;
}

const look = (from: number, to: number, ...pids: number[]) => ({ from, askedAt: to - 1, to, pids });
const own = new Set([7]);

function judge(statements: readonly StatementDraft[], looks: readonly ReturnType<typeof look>[], zero = 0) {
  judgeWal(statements, { looks, own }, zero);
  return statements.map(({ wal }) => wal?.alone);
}

test('WAL is a statement’s alone where every look at its time saw nobody but the migration', () => {
  const statements = [statement(1, 10, 20), statement(1, 30, 40), statement(1, 50, 60)];
  expect(judge(statements, [look(0, 25, 7), look(25, 45, 7, 8), look(45, 70)])).toEqual([true, false, true]);
});

test('times of looks are of the clock, those of statements begin with the recording', () => {
  expect(judge([statement(1, 10, 20)], [look(1000, 1009, 8), look(1009, 1030)], 1000)).toEqual([true]);
  expect(judge([statement(1, 10, 20)], [look(1000, 1011, 8), look(1011, 1030)], 1000)).toEqual([false]);
});

test('nobody knows where the server did not answer, or where nobody looked afterwards', () => {
  expect(judge([statement(1, 10, 20)], [{ from: 0, askedAt: 5, to: 15, pids: undefined }, look(15, 30)] as never)).toEqual([false]);
  expect(judge([statement(1, 10, 20)], [look(0, 18)])).toEqual([false]);
  expect(judge([statement(1, 10, 20)], [])).toEqual([false]);
});

test('two sessions of the migration at work at one time write WAL together', () => {
  const statements = [statement(1, 10, 20), statement(2, 15, 25), statement(1, 30, 40)];
  expect(judge(statements, [look(0, 50)])).toEqual([false, false, true]);
});
