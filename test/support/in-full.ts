/** Whether all that is known is tried (`npm run test:full`), or few representatives of it (`npm test`). */
export const inFull = process.env.PGREHEARSE_FULL_TESTS === '1';

/** All of them in the full tests; here those that stand for the others. */
export function fewOf<T>(all: readonly T[], isOne: (one: T) => boolean): readonly T[] {
  return inFull ? all : all.filter(isOne);
}
