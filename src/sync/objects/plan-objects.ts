import type { Context } from '../../core/ports.ts';
import type { Result } from '../../core/result.ts';
import type { ObjectsWish } from './wish.ts';
import { withBuckets } from './with-buckets.ts';
import { type ObjectsPlan, writePlan } from './write-plan.ts';

/**
 * What a synchronisation would do. Reads both buckets, and changes neither. Says so as `objects-planned`.
 *
 * Fails with `cloud-wrong-account`, `bucket-unusable`, `objects-source-empty`, `package-missing` and what the cloud refuses.
 *
 * @example const plan = await planObjects(context, wish); // plan.value.report.copy.absent.objects
 */
export async function planObjects(context: Context, wish: ObjectsWish): Promise<Result<ObjectsPlan>> {
  return await withBuckets(context, wish, async (buckets) => {
    const plan = await writePlan(context, wish, buckets, 'objects');
    context.emit({ type: 'objects-planned', report: plan.report });
    return plan;
  });
}
