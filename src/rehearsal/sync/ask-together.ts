import { SqlError } from '../../core/failure.ts';

/** Questions that go into one statement. */
const atOnce = 64;

/**
 * Asks many questions in few statements; those of a statement that fails are asked again one by one, so that each has its own answer or its own error.
 *
 * @param ask gives an answer to each, in their order; throws SqlError
 */
export async function askTogether<Question, Answer>(
  questions: readonly Question[],
  ask: (some: readonly Question[]) => Promise<readonly Answer[]>,
): Promise<readonly (Answer | SqlError)[]> {
  const answers: (Answer | SqlError)[] = [];
  for (let at = 0; at < questions.length; at += atOnce) {
    const some = questions.slice(at, at + atOnce);
    const together = await orError(ask(some));
    if (!(together instanceof SqlError)) answers.push(...together);
    else if (some.length === 1) answers.push(together);
    else
      for (const one of some) {
        const alone = await orError(ask([one]));
        answers.push(...(alone instanceof SqlError ? [alone] : alone));
      }
  }
  return answers;
}

async function orError<T>(asked: Promise<T>): Promise<T | SqlError> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof SqlError) return error;
    throw error;
  }
}
