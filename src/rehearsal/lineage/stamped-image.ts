import type { HostedClone, HostedImage } from '../../core/clone-host.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';

/**
 * An image whose clones are stamped when they are started: whatever is rehearsed besides (ways back, cut-off deploys, backfills) begins where the migrations
 * of the run began. Empty databases stay empty. A clone that can't be stamped is removed.
 */
export function stampedImage(image: HostedImage, stamp: (context: Context, clone: HostedClone) => Promise<Result<unknown>>): HostedImage {
  return {
    ...image,
    async start(context, label) {
      const started = await image.start(context, label);
      if (!started.ok) return started;
      const stamped = await stamp(quiet(context), started.value);
      if (stamped.ok) return ok(started.value);
      await started.value.remove();
      return stamped;
    },
  };
}

/** The stamp was told once. */
function quiet(context: Context): Context {
  return { ...context, emit: (event) => (event.type === 'resource' ? context.emit(event) : undefined) };
}
