import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { fail, type Result } from '../core/result.ts';
import { calmPatience } from './calm-patience.ts';
import type { CloudThing, Patience } from './cloud-thing.ts';
import type { Made } from './make-cloud-resource.ts';
import { pause } from './pause.ts';
import { waitUntilReady } from './wait-until-ready.ts';

/** Something that is made from production, which refuses that while it is changed or backed up. */
export interface CalmMaking {
  readonly production: CloudThing;
  readonly patience: Patience;
  /** What production is waited for, for sentences. */
  readonly doing: string;
  /** The service's code of that refusal. */
  readonly busy: string;
  readonly cure: string;
  /** Says what is made now: called once, before the first try. */
  announce(): Promise<void> | void;
  make(): Promise<Made>;
}

/**
 * Makes it as soon as production is available. Somebody may begin to change production after each look at it, and its state may lag behind: a refusal is said once, and it is tried
 * again until `calmPatience` is at its end. Fails with `snapshot-missing`, `interrupted`, or what the cloud refuses.
 */
export async function makeWhenCalm(context: Context, making: CalmMaking): Promise<Result<Resource>> {
  const { production, doing, patience } = making;
  const calm = calmPatience(patience);
  const startedAt = performance.now();
  let toldAs: string | undefined;
  let isRefused = false;
  for (;;) {
    const ready = await waitUntilReady(context, production, { ...calm, doing, ...(toldAs === undefined ? {} : { toldAs }) });
    if (!ready.ok) {
      if (ready.failure.code === 'interrupted' || ready.failure.code.startsWith('cloud-')) return ready;
      return fail(failure('snapshot-missing', ready.failure.message, { object: production.label, cure: making.cure }));
    }
    if (toldAs === undefined) await making.announce();
    toldAs = ready.value.status;
    const { result, refusal } = await making.make();
    if (refusal?.code !== making.busy || context.signal.aborted || performance.now() - startedAt >= calm.waitMs) return result;
    if (!isRefused) context.emit({ type: 'step', phase: 'provision', text: `${production.label} refuses as yet, which is tried again: ${refusal.message}` });
    isRefused = true;
    await pause(patience.pollMs, context.signal);
  }
}
