import { FailureError } from '../../core/failure.ts';
import type { ReferencesReport } from '../../core/objects-report.ts';
import type { Context } from '../../core/ports.ts';
import type { Result } from '../../core/result.ts';
import { bucketFailure } from './check-side.ts';
import type { ObjectsWish } from './wish.ts';
import { withBuckets } from './with-buckets.ts';

/** A key that a row names, without staging's prefix, and where it does. */
export interface RowKey {
  readonly key: string;
  /** `public.book_images.s3_key` */
  readonly place: string;
}

/** Keys that are looked for in one listing of the bucket; each costs about 150 bytes. */
const atOnce = 200_000;
/** Missing keys that are named. */
const named = 100;

/**
 * Which of the keys that rows name staging's bucket lacks. The bucket is listed once for every 200,000 keys; a key is told once, however many rows name it nearby.
 *
 * Fails as `planObjects` does.
 *
 * @example await checkReferences(context, wish, rowKeys()); // value.missingCount
 */
export async function checkReferences(
  context: Context,
  wish: Pick<ObjectsWish, 'production' | 'staging'>,
  keys: AsyncIterable<RowKey>,
  batchSize = atOnce,
): Promise<Result<ReferencesReport>> {
  const { production, staging } = wish;
  const checked = await withBuckets<ReferencesReport>(context, wish, async ({ source, target }) => {
    let count = 0;
    let missingCount = 0;
    const missing: { key: string; place: string; alsoInProduction: boolean }[] = [];

    async function settle(wanted: Map<string, string>): Promise<void> {
      try {
        for await (const page of target.list(staging.prefix, context.signal)) for (const { key } of page) wanted.delete(key.slice(staging.prefix.length));
        missingCount += wanted.size;
        for (const [key, place] of wanted) {
          if (missing.length === named) break;
          const there = await source.head(production.prefix + key, undefined, context.signal);
          missing.push({ key, place, alsoInProduction: there === undefined });
        }
      } catch (error) {
        context.signal.throwIfAborted();
        throw new FailureError(bucketFailure(error, staging, 'looking for the keys that rows name'));
      }
    }

    let wanted = new Map<string, string>();
    for await (const { key, place } of keys) {
      count++;
      if (!wanted.has(key)) wanted.set(key, place);
      if (wanted.size < batchSize) continue;
      await settle(wanted);
      wanted = new Map();
    }
    if (wanted.size > 0) await settle(wanted);
    return { named: count, missingCount, missing };
  });
  if (checked.ok) context.emit({ type: 'object-references', report: checked.value });
  return checked;
}
