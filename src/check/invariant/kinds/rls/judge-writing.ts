import type { Judgement, Seen } from '../../expectation.ts';

/** What an error says of the policies for writing: 42501 is theirs. Anything else leaves it open. */
export function judgeWriting(seen: Seen): Judgement {
  if (seen.kind !== 'error') return 'cannot-tell';
  if (seen.sql.sqlstate === '42501') return 'holds';
  // A constraint is asked after the policies have agreed.
  return seen.sql.sqlstate.startsWith('23') && seen.sql.constraint !== undefined ? 'violated' : 'cannot-tell';
}
