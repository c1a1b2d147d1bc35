import type { Result } from '../../src/core/result.ts';

/** The value of what has to have worked; throws with the whole failure. */
export function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}
