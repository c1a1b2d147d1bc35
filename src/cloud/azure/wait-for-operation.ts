import type { AzureOngoing } from '../../core/azure.ts';
import { CloudError } from '../../core/cloud-error.ts';
import { cloudFailure } from '../../core/cloud-failure.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { CloudThing } from '../cloud-thing.ts';
import { pause } from '../pause.ts';
import { passesByItself, type Wait, waitUntilReady } from '../wait-until-ready.ts';

/** Milliseconds for Azure to say why something has ended badly, once its state shows that it has. */
const wordsMs = 30_000;

/**
 * Waits until a server is ready, with an ear on the operation that makes it so: a state only says that something went wrong, the operation says what. A restore whose operation nobody
 * knows any more, because another process began it, is waited for by its state alone.
 */
export async function waitForRestore(context: Context, thing: CloudThing, wait: Wait, operation: AzureOngoing | undefined): Promise<Result<void>> {
  if (operation === undefined) return done(await waitUntilReady(context, thing, wait));
  const listening = new AbortController();
  let cause: CloudError | undefined;
  const heard = operation.ended(wait.pollMs, AbortSignal.any([context.signal, listening.signal])).catch((error: unknown) => {
    if (error instanceof CloudError && error.code !== 'Aborted' && !passesByItself(error)) cause = error;
  });
  const look: CloudThing['look'] = async (signal) => {
    if (cause !== undefined) throw cause;
    return await thing.look(signal);
  };
  const ready = await waitUntilReady(context, { ...thing, look }, wait);
  if (!ready.ok && ready.failure.code === 'throwaway-failed') await Promise.race([heard, pause(wordsMs, listening.signal)]);
  listening.abort();
  return !ready.ok && cause !== undefined ? fail(cloudFailure(cause, wait.doing)) : done(ready);
}

/** Makes a change, and waits for its end: what was lost, or comes while the server is busy with something else, is asked for again. Changes of ours say the same when they are repeated. */
export async function change(context: Context, wait: Wait, thing: CloudThing, begin: () => Promise<AzureOngoing>): Promise<Result<void>> {
  const startedAt = performance.now();
  for (;;) {
    const left = wait.waitMs - (performance.now() - startedAt);
    const timeout = AbortSignal.timeout(Math.max(1, Math.ceil(left)));
    try {
      await (await begin()).ended(wait.pollMs, AbortSignal.any([context.signal, timeout]));
      return done(await waitUntilReady(context, thing, wait));
    } catch (error) {
      if (context.signal.aborted) return fail(failure('interrupted', `the run was interrupted while ${wait.doing}`));
      if (timeout.aborted) {
        return fail(failure('throwaway-timed-out', `${wait.doing} has not ended after ${Math.round(wait.waitMs / 60_000)} minutes`, { object: thing.label }));
      }
      const isForNow = passesByItself(error) || (error instanceof CloudError && (error.code === 'ServerIsBusy' || error.code === 'OperationNotAllowed'));
      if (!isForNow) return fail(cloudFailure(error, wait.doing));
      await pause(wait.pollMs, context.signal);
      const ready = await waitUntilReady(context, thing, wait);
      if (!ready.ok) return ready;
    }
  }
}

function done(ready: Result<unknown>): Result<void> {
  return ready.ok ? ok() : ready;
}
