import type { Expectation } from '../../config/schema.ts';
import type { SqlErrorFields } from '../../core/failure.ts';
import { unreachable } from '../../core/result.ts';
import { showCount } from '../show-count.ts';

/** What a check's SQL gave. `rows`: null for a command that reports none. */
export type Seen =
  | { readonly kind: 'rows'; readonly rows: number | null }
  | { readonly kind: 'value'; readonly rows: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly sql: SqlErrorFields };

/** `cannot-tell`: the check itself is at fault, or something around it; neither holds nor violated. */
export type Judgement = 'holds' | 'violated' | 'cannot-tell';

/** Whether what was seen is what an invariant expects. */
export function judgeSeen(expect: Expectation, seen: Seen): Judgement {
  if (seen.kind === 'error') return judgeError(expect, seen.sql);
  if ('error' in expect) return 'violated';
  if ('value' in expect) {
    if (seen.kind !== 'value' || seen.rows !== 1) return 'cannot-tell';
    return sameValue(expect.value, seen.value) ? 'holds' : 'violated';
  }
  if (seen.rows === null) return 'cannot-tell';
  if ('atLeast' in expect) return seen.rows >= expect.atLeast ? 'holds' : 'violated';
  if (expect.rows === 'some') return seen.rows > 0 ? 'holds' : 'violated';
  return seen.rows === (expect.rows === 'none' ? 0 : expect.rows) ? 'holds' : 'violated';
}

function judgeError(expect: Expectation, sql: SqlErrorFields): Judgement {
  if ('error' in expect && sql.sqlstate === expect.error) {
    return expect.message === undefined || sql.message.includes(expect.message) ? 'holds' : 'violated';
  }
  if (!comesFromDatabase(sql)) return 'cannot-tell';
  // Not being allowed to look is not the same as seeing nothing.
  return sql.sqlstate === '42501' && 'rows' in expect && expect.rows === 'none' ? 'cannot-tell' : 'violated';
}

/**
 * Whether an error is the database's answer (a right, a constraint, a trigger, something inside of a function) and not a fault of the check's own text,
 * such as a column that doesn't exist, a time limit, or a COMMIT inside of a procedure, which the transaction around it doesn't allow.
 */
function comesFromDatabase({ sqlstate, where }: SqlErrorFields): boolean {
  if (/^(08|25|2D|53|55|57|58|XX)/.test(sqlstate)) return false;
  return sqlstate === '42501' || sqlstate.startsWith('23') || sqlstate.startsWith('P0') || (where ?? '').includes('function');
}

/** Numbers compare as numbers, since bigint and numeric arrive as text: 5, '5' and '5.00' are equal. */
function sameValue(expected: string | number | boolean | null, actual: unknown): boolean {
  if (expected === null || actual === null) return expected === actual;
  if (typeof expected === 'number') return actual !== '' && Number(actual) === expected;
  return String(actual) === String(expected);
}

/** What is expected, as a person says it. */
export function showExpectation(expect: Expectation): string {
  if ('error' in expect) return `error ${expect.error}${expect.message === undefined ? '' : ` (${expect.message})`}`;
  if ('value' in expect) return `the value ${showValue(expect.value)}`;
  if ('atLeast' in expect) return `at least ${showCount(expect.atLeast, 'row')}`;
  switch (expect.rows) {
    case 'none':
      return 'no rows';
    case 'some':
      return 'at least 1 row';
    default:
      return showCount(expect.rows, 'row');
  }
}

/** What was seen, as a person says it. */
export function showSeen(seen: Seen): string {
  switch (seen.kind) {
    case 'rows':
      return seen.rows === null ? 'no error' : seen.rows === 0 ? 'no rows' : showCount(seen.rows, 'row');
    case 'value':
      return seen.rows === 1 ? `the value ${showValue(seen.value)}` : `${showCount(seen.rows, 'row')} instead of one`;
    case 'error':
      return `error ${seen.sql.sqlstate} (${seen.sql.message})`;
    default:
      return unreachable(seen);
  }
}

function showValue(value: unknown): string {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
