import type { Failure } from '../core/failure.ts';
import type { Result } from '../core/result.ts';

/** One thing that was looked at. */
export interface Examined {
  readonly what: string;
  readonly found: string;
  readonly failure?: Failure;
}

/** Production in a cloud, as far as it shows without getting in. */
export interface ExaminedCloud {
  readonly examined: readonly Examined[];
  /** Of PostgreSQL: `15.18`. */
  readonly version?: string | undefined;
  /** The size of its disk, where it has one of its own. */
  readonly diskGb?: number | undefined;
}

export function told<T>(what: string, result: Result<T>, say: (value: T) => string): Examined {
  return result.ok ? { what, found: say(result.value) } : { what, found: result.failure.message, failure: result.failure };
}
