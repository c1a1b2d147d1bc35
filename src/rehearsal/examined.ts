import type { Failure } from '../core/failure.ts';
import type { Result } from '../core/result.ts';

/** One thing that was looked at. */
export interface Examined {
  readonly what: string;
  readonly found: string;
  readonly failure?: Failure;
}

export function told<T>(what: string, result: Result<T>, say: (value: T) => string): Examined {
  return result.ok ? { what, found: say(result.value) } : { what, found: result.failure.message, failure: result.failure };
}
