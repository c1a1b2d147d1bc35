import { expect, test } from 'vitest';
import type { StampReport } from '../../core/lineage.ts';
import { judgeStamp, type ToolSays } from './judge-stamp.ts';

const report: StampReport = {
  revision: '0019',
  by: 'tool',
  command: ['alembic', 'stamp', '0019'],
  exitCode: 0,
  output: [],
  durationMs: 5,
  ledger: ['public.alembic_version'],
  ...{ schemaBefore: 'one', schemaAfter: 'one', objects: 12, changed: [], tables: 3, written: [] },
  ...{ recorded: ['0019'], applied: ['0018', '0019'], pending: ['0020'] },
};
const says = (...revisions: string[]): ToolSays => ({ ok: true, revisions, text: revisions.join('\n') });
const judge = (more: Partial<StampReport>, told?: ToolSays) => {
  const { gate, findings } = judgeStamp({ ...report, ...more }, told);
  return [gate.outcome, ...findings.map(({ id, rootCause }) => `${id} ${rootCause}`)];
};

test('good: the ledger alone was written, and names the anchor', () => {
  expect(judge({}, says('0019'))).toEqual(['passed']);
  expect(judge({})).toEqual(['passed']);
});

test('bad: more or less counts as applied than what the anchor rests on', () => {
  const planned = ['0018', '0019'];
  expect(judge({ planned })).toEqual(['passed']);
  expect(judge({ planned, applied: [...planned, '0019b'] })).toEqual(['failed', 'stamp:history:applied dependency-order']);
  expect(judge({ planned, applied: ['0019'] })).toEqual(['failed', 'stamp:history:applied dependency-order']);
});

test('bad: the schema changed, another table was written, the ledger or the tool names something else', () => {
  expect(judge({ schemaAfter: 'two', changed: ['table public.fund'] })).toEqual(['failed', 'stamp:schema:all structural-parity']);
  expect(judge({ written: ['public.fund'] })).toEqual(['failed', 'stamp:table:public.fund data-volume']);
  expect(judge({ recorded: ['0020'] })).toEqual(['failed', 'stamp:revision:0019 dependency-order']);
  expect(judge({ recorded: [] })).toEqual(['failed', 'stamp:revision:0019 dependency-order']);
  expect(judge({}, says('0018'))).toEqual(['failed', 'stamp:revision:0019 dependency-order']);
});

test('what can’t be known is no pass', () => {
  expect(judge({ countersProblem: 'track_counts is off' })).toEqual(['inconclusive', 'stamp:schema:rows environment']);
  expect(judge({}, { ok: false, revisions: [], text: 'Traceback' })).toEqual(['inconclusive', 'stamp:revision:0019 dependency-order']);
  expect(judge({ pending: [] })).toEqual(['inconclusive', 'stamp:history:pending dependency-order']);
  expect(judge({ objects: 0 })).toEqual(['inconclusive']);
  expect(judge({ tables: 0 })).toEqual(['inconclusive']);
});
