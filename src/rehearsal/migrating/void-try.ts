import { gaveUpBehindReader } from '../../check/stalls/gave-up.ts';
import type { Finding } from '../../core/finding.ts';
import type { Result } from '../../core/result.ts';
import type { Seen } from '../recording/under-recorder.ts';
import type { Applied } from './apply-pending.ts';

/** Why a try doesn't count, and what is to be different in the next one. */
export interface VoidTry {
  readonly text: string;
  /** The migration that can't run inside of a transaction. */
  readonly noTransaction?: string;
  /** A timeout ended the wait for the long reader of our own traffic. */
  readonly gaveUp?: Finding;
}

/**
 * Undefined where the try counts.
 *
 * @param forbidden SQLSTATEs that the team itself forbids: for whom a lock timeout ends the deploy, one behind the long reader does, too
 */
export function voidBecause(applied: Result<Applied>, seen: Seen | undefined, interrupted: boolean, forbidden: readonly string[] = []): VoidTry | undefined {
  if (applied.ok) {
    const { again } = applied.value;
    return again === undefined ? undefined : { text: `${again} can’t run inside a transaction: again on a new clone, without one`, noTransaction: again };
  }
  if (interrupted || seen?.traffic === undefined) return undefined;
  const gaveUp = gaveUpBehindReader(seen.recording, seen.traffic);
  return gaveUp === undefined || (gaveUp.sql !== undefined && forbidden.includes(gaveUp.sql.sqlstate))
    ? undefined
    : { text: `${gaveUp.migration ?? 'A migration'} gave up waiting for the long reader: again on a new clone, without it`, gaveUp };
}
