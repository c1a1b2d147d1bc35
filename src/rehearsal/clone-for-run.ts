import type { HostedClone, HostedImage } from '../core/clone-host.ts';
import type { OpenSource } from '../core/open-source.ts';
import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import type { Run } from './run.ts';
import { proveNotSource } from './source/prove-not-source.ts';

/** Starts a clone that ends with the run. Where the source is still at hand, the clone proves that it isn't production. */
export async function cloneForRun(
  context: Context,
  run: Run,
  image: HostedImage,
  label: string,
  source?: OpenSource,
  allowSourceServer?: string,
): Promise<Result<HostedClone>> {
  const clone = await image.start(context, label);
  if (!clone.ok) return clone;
  run.removeAtEnd(() => clone.value.remove());
  run.hide(clone.value.admin.password);
  if (source === undefined) return clone;
  const proven = await proveNotSource(context, source, clone.value.admin, allowSourceServer);
  return proven.ok ? ok(clone.value) : proven;
}
