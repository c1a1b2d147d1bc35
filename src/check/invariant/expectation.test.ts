import { expect, test } from 'vitest';
import type { Expectation } from '../../config/schema.ts';
import { judgeSeen, type Seen, showExpectation, showSeen } from './expectation.ts';

const rows = (count: number | null): Seen => ({ kind: 'rows', rows: count });
const value = (given: unknown, count = 1): Seen => ({ kind: 'value', rows: count, value: given });
const error = (sqlstate: string, message = 'x', where?: string): Seen => ({
  kind: 'error',
  sql: { sqlstate, message, ...(where === undefined ? {} : { where }) },
});

test.each<[Expectation, Seen, string]>([
  [{ rows: 'none' }, rows(0), 'holds'],
  [{ rows: 'none' }, rows(1), 'violated'],
  [{ rows: 'none' }, rows(null), 'cannot-tell'],
  [{ rows: 'some' }, rows(1), 'holds'],
  [{ rows: 'some' }, rows(0), 'violated'],
  [{ rows: 3 }, rows(3), 'holds'],
  [{ rows: 3 }, rows(4), 'violated'],
  [{ atLeast: 2 }, rows(2), 'holds'],
  [{ atLeast: 2 }, rows(1), 'violated'],
  [{ value: 5 }, value('5.00'), 'holds'],
  [{ value: 5 }, value('5.01'), 'violated'],
  [{ value: '5' }, value(5), 'holds'],
  [{ value: true }, value(true), 'holds'],
  [{ value: true }, value(false), 'violated'],
  [{ value: null }, value(null), 'holds'],
  [{ value: null }, value(0), 'violated'],
  [{ value: 0 }, value(null), 'violated'],
  [{ value: 0 }, value(''), 'violated'],
  [{ value: 1 }, value(1, 2), 'cannot-tell'],
  [{ value: 1 }, value(null, 0), 'cannot-tell'],
  [{ error: '23001' }, error('23001'), 'holds'],
  [{ error: '23001', message: 'append' }, error('23001', 'the ledger is append-only'), 'holds'],
  [{ error: '23001', message: 'append' }, error('23001', 'other'), 'violated'],
  [{ error: '23001' }, rows(1), 'violated'],
  [{ error: '23001' }, error('42501'), 'violated'],
  [{ error: '23001' }, error('42P01'), 'cannot-tell'],
  [{ error: '23001' }, error('42703', 'record "new" has no field', 'PL/pgSQL function f() line 3'), 'violated'],
  [{ rows: 'none' }, error('42P01'), 'cannot-tell'],
  [{ rows: 'none' }, error('42501'), 'cannot-tell'],
  [{ rows: 'some' }, error('42501'), 'violated'],
  [{ rows: 1 }, error('23514'), 'violated'],
  [{ rows: 1 }, error('57014'), 'cannot-tell'],
  [{ rows: 1 }, error('55P03'), 'cannot-tell'],
])('%j and %j: %s', (expected, seen, judgement) => {
  expect(judgeSeen(expected, seen)).toBe(judgement);
});

test('as a person says it', () => {
  expect(
    [{ rows: 'none' }, { rows: 'some' }, { rows: 1200 }, { atLeast: 1 }, { value: 'x' }, { error: '23001', message: 'm' }].map((one) =>
      showExpectation(one as Expectation),
    ),
  ).toEqual(['no rows', 'at least 1 row', '1,200 rows', 'at least 1 row', 'the value x', 'error 23001 (m)']);
  expect([rows(0), rows(2), rows(null), value('x'), value('x', 3), error('42501', 'no')].map(showSeen)).toEqual([
    'no rows',
    '2 rows',
    'no error',
    'the value x',
    '3 rows instead of one',
    'error 42501 (no)',
  ]);
});
