import { setTimeout as delay } from 'node:timers/promises';
import type { Failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { Result } from '../../core/result.ts';

/** Milliseconds. A cloud tells that a password was set before its server knows: seconds, on a bad day a minute or two. */
const patienceMs = 300_000;

/** Whether a server refused the password itself. That it did so shows that the way to it is open. */
export function isPasswordRefused({ code, sql }: Failure): boolean {
  return code === 'authentication-failed' && sql?.sqlstate === '28P01';
}

/**
 * Logs in with a password that was set just now: again and again while the server refuses it, for five minutes. A refusal after that, and any other failure, is the answer.
 *
 * @param pauseMs between two tries
 */
export async function untilPasswordHolds<T>(context: Context, logIn: () => Promise<Result<T>>, pauseMs: number): Promise<Result<T>> {
  const startedAt = performance.now();
  for (let tries = 1; ; tries++) {
    const result = await logIn();
    if (result.ok || !isPasswordRefused(result.failure)) return result;
    if (context.signal.aborted || performance.now() - startedAt > patienceMs) return result;
    if (tries === 1) context.emit({ type: 'step', phase: 'provision', text: 'The server doesn’t know the new password yet' });
    await delay(pauseMs, undefined, { signal: context.signal }).catch(() => {});
  }
}
