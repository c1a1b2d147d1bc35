import { type Clone, startClone } from '../cluster/clone.ts';
import type { MadeImage } from '../cluster/image.ts';
import type { OpenSource } from '../core/open-source.ts';
import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import { proveNotSource } from './prove-not-source.ts';
import type { Run } from './run.ts';

/** Starts a clone that ends with the run. Where the source is still at hand, the clone proves that it isn't production. */
export async function cloneForRun(context: Context, run: Run, image: MadeImage, label: string, source?: OpenSource): Promise<Result<Clone>> {
  const clone = await startClone(context, image, { label });
  if (!clone.ok) return clone;
  run.removeAtEnd(() => clone.value.remove());
  run.hide(clone.value.admin.password);
  if (source === undefined) return clone;
  const proven = await proveNotSource(context, source, clone.value.admin);
  return proven.ok ? ok(clone.value) : proven;
}
