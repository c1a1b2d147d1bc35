import type { Expectation } from '../../config/schema.ts';
import type { SqlErrorFields } from '../../core/failure.ts';
import { type Judgement, judgeSeen, type Seen } from '../invariant/expectation.ts';

/** Schema, relation, column, function or other object that isn't there. */
const missingStates: ReadonlySet<string> = new Set(['3F000', '42P01', '42703', '42883', '42704']);

/** Whether an error says that something isn't there which the query names. */
export function isMissing({ sqlstate }: SqlErrorFields): boolean {
  return missingStates.has(sqlstate);
}

/** Whether an answer says that what was asked of isn't there. */
export function isNotThere(seen: Seen): boolean {
  return (seen.kind === 'error' && isMissing(seen.sql)) || (seen.kind === 'value' && seen.rows === 0);
}

/**
 * Whether an answer is what a query around a migration should give. Stricter than an invariant's: what isn't there after the migration that should
 * have made it is no fault of the query, and neither is a row that doesn't come.
 */
export function judgeAnswer(expect: Expectation, seen: Seen): Judgement {
  const judged = judgeSeen(expect, seen);
  if (judged !== 'cannot-tell') return judged;
  return isNotThere(seen) ? 'violated' : 'cannot-tell';
}

/**
 * Whether only something that is there can give what is expected: nothing, zero and no are also what empty tables say, and `true` may be the answer to
 * whether there is none.
 */
export function asksForSomething(expect: Expectation): boolean {
  if ('error' in expect) return true;
  if ('atLeast' in expect) return true;
  if ('rows' in expect) return expect.rows !== 'none' && expect.rows !== 0;
  const text = String(expect.value ?? '').toLowerCase();
  return !['', '0', 'f', 'false', 't', 'true'].includes(text) && Number(text) !== 0;
}
