import type { SampledSpan } from '../sampler.ts';
import type { StatementDraft } from './drafts.ts';

/**
 * The statements of a connection of which a sample may have shown something, the likeliest first.
 *
 * The server looks at some moment between question and answer, and on a busy machine the answer comes when the next statement runs already: every statement
 * that ran meanwhile may be the one. The likeliest is the one that ran longest while it was to be seen; of equals the earlier, since answers are late more
 * often than questions.
 * What a later sample shows too is of no transaction that was over by then.
 *
 * @param zero `performance.now()` at the start of the recording
 */
export function seenDuring(
  statements: readonly StatementDraft[],
  connection: number,
  { asked, first, last }: SampledSpan,
  zero: number,
): readonly StatementDraft[] {
  const sharedMs = ({ startedMs, endedMs }: StatementDraft) => Math.min(endedMs, last - zero) - Math.max(startedMs, asked - zero);
  return statements
    .filter((one) => one.connection === connection && one.startedMs <= first - zero && one.endedMs >= asked - zero)
    .filter(({ transactionDraft }) => last === first || transactionDraft.endMs >= first - zero)
    .toSorted((a, b) => sharedMs(b) - sharedMs(a) || a.startedMs - b.startedMs);
}
