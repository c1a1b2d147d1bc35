import { type Failure, failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';

/** The failure to return when the run was told to stop, else undefined. */
export function interrupted(context: Context): Failure | undefined {
  return context.signal.aborted ? failure('interrupted', 'the run was interrupted') : undefined;
}
