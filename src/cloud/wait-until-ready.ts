import { CloudError } from '../core/cloud-error.ts';
import { cloudFailure } from '../core/cloud-failure.ts';
import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { CloudThing, Patience, Seen } from './cloud-thing.ts';
import { pause } from './pause.ts';
import { meaningOf } from './state-table.ts';

/** Descriptions lag behind: what was just made may be missing in the first few. */
const looksBeforeMissing = 5;
/** How often a state must be told as ready after a change was asked for, where the change never shows: it begins a while after the answer. */
const looksBeforeUnchanged = 3;
const usualTellMs = 5 * 60_000;

export interface Wait extends Patience {
  /** For the sentence: `restoring snapshot rds:production-2026-01-01-03-00`. */
  readonly doing: string;
  /** A change was asked for just now: that it is ready still says nothing. */
  readonly afterChange?: boolean;
  /** The state that an earlier wait said last: it isn't said again. */
  readonly toldAs?: string;
  /** Milliseconds after which a state that stays is told again, so that nobody takes a long wait for a standstill; five minutes unless told. */
  readonly tellMs?: number;
}

/**
 * Waits until a thing can be used, by its table of states, and says each state that it passes through. Fails with what the table names for a state from which there is no
 * way, `throwaway-timed-out`, `interrupted`, or the cloud's refusal; answers that don't come are waited for.
 */
export async function waitUntilReady(context: Context, thing: CloudThing, wait: Wait): Promise<Result<Seen>> {
  const startedAt = performance.now();
  let last: string | undefined = wait.toldAs;
  let toldAt = startedAt;
  let missing = 0;
  let unchanged = wait.afterChange === true ? looksBeforeUnchanged : 0;
  for (;;) {
    if (context.signal.aborted) return fail(failure('interrupted', `the run was interrupted while ${wait.doing}`));
    const seen = await look(context, thing, wait.doing);
    if (!seen.ok) return seen;
    if (seen.value === undefined) {
      missing += 1;
      if (last !== undefined || missing > looksBeforeMissing)
        return fail(
          failure('throwaway-failed', `${thing.label} is gone while ${wait.doing}: somebody deleted it, or it was never made`, { object: thing.label }),
        );
    } else if (seen.value !== 'no-answer') {
      const { status, isSettled } = seen.value;
      const now = told(seen.value);
      const isLong = performance.now() - toldAt > (wait.tellMs ?? usualTellMs);
      if (now !== last || isLong) {
        const since = now === last ? ` still, ${Math.round((performance.now() - startedAt) / 60_000)} min after ${wait.doing} began` : '';
        context.emit({ type: 'step', phase: 'provision', text: `${thing.label} is ${now}${since}` });
        toldAt = performance.now();
      }
      last = now;
      const meaning = meaningOf(thing.states, status);
      if (meaning.is === 'failed' || meaning.is === 'stuck') {
        const cure = meaning.cure === undefined ? {} : { cure: meaning.cure };
        return fail(failure(meaning.code, `${thing.label} is ${status} while ${wait.doing}: ${meaning.why}`, { object: thing.label, ...cure }));
      }
      if (meaning.is === 'leaving')
        return fail(failure('throwaway-failed', `${thing.label} is ${status} while ${wait.doing}: somebody deletes it`, { object: thing.label }));
      if (meaning.is === 'waiting') unchanged = 0;
      else if (isSettled && unchanged === 0) return ok(seen.value);
      else if (isSettled) unchanged -= 1;
      else unchanged = 0;
    }
    if (performance.now() - startedAt > wait.waitMs) {
      const minutes = Math.round(wait.waitMs / 60_000);
      const text = `${thing.label} is ${last ?? 'not to be seen'} still, ${minutes} minutes after ${wait.doing} began`;
      return fail(failure('throwaway-timed-out', text, { object: thing.label }));
    }
    await pause(wait.pollMs, context.signal);
  }
}

function told({ status, share }: Seen): string {
  return share === undefined || share >= 1 ? status : `${status}, ${Math.floor(share * 100)} %`;
}

/** Networks fail for a while in two hours; what the cloud refuses, such as credentials that have expired, it goes on refusing. */
async function look(context: Context, thing: CloudThing, doing: string): Promise<Result<Seen | undefined | 'no-answer'>> {
  try {
    return ok(await thing.look(context.signal));
  } catch (error) {
    if (passesByItself(error)) return ok('no-answer');
    return fail(cloudFailure(error, doing));
  }
}

const tooMany = ['Throttling', 'RequestLimitExceeded', 'TooManyRequests'];

/** Whether the same call may be answered another time: nothing came back, the service had a fault of its own, or it wants fewer calls. */
export function passesByItself(error: unknown): boolean {
  return error instanceof CloudError && (!error.refused || tooMany.includes(error.code));
}
