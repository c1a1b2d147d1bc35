import type { ObjectAmount, UnsyncedObject } from '../../core/objects-report.ts';
import type { Context } from '../../core/ports.ts';
import { type LineWriter, readJsonLines } from './json-lines.ts';
import { compareKeys } from './key-order.ts';
import type { ObjectsWish } from './wish.ts';
import type { Buckets } from './with-buckets.ts';
import type { ObjectsPlan, SurplusEntry } from './write-plan.ts';

/** What one call takes. */
const atOnce = 1000;

/**
 * Deletes from staging what production lacks: only what the first plan showed, and only where the last one finds it still so.
 *
 * @throws CloudError
 */
export async function deleteSurplus(
  context: Context,
  wish: ObjectsWish,
  { target }: Buckets,
  plans: { readonly shown: ObjectsPlan; readonly last: ObjectsPlan },
  manifest: LineWriter,
): Promise<{ readonly deleted: ObjectAmount; readonly failed: readonly UnsyncedObject[] }> {
  const deleted = { objects: 0, bytes: 0 };
  const failed: UnsyncedObject[] = [];
  let batch: SurplusEntry[] = [];
  const flush = async () => {
    if (batch.length === 0) return;
    const prefix = wish.staging.prefix;
    const stayed = new Map(
      (
        await target.remove(
          batch.map(({ key }) => prefix + key),
          context.signal,
        )
      ).map((one) => [one.key, one]),
    );
    for (const { key, sizeBytes } of batch) {
      const refusal = stayed.get(prefix + key);
      if (refusal === undefined) {
        deleted.objects++;
        deleted.bytes += sizeBytes;
      } else failed.push({ key, code: refusal.code, reason: `it could not be deleted: ${refusal.code}: ${refusal.message}` });
      manifest.write({ targetKey: prefix + key, sizeBytes, result: refusal === undefined ? 'deleted' : 'not-deleted', code: refusal?.code });
    }
    batch = [];
  };
  for await (const entry of inBoth(plans.shown.files.surplus, plans.last.files.surplus)) {
    batch.push(entry);
    if (batch.length === atOnce) await flush();
  }
  await flush();
  return { deleted, failed };
}

/** Both are in the listings' order. */
async function* inBoth(one: string, other: string): AsyncGenerator<SurplusEntry> {
  const others = readJsonLines<SurplusEntry>(other);
  try {
    let next = await others.next();
    for await (const entry of readJsonLines<SurplusEntry>(one)) {
      while (!next.done && compareKeys(next.value.key, entry.key) < 0) next = await others.next();
      if (next.done) return;
      if (next.value.key === entry.key) yield next.value;
    }
  } finally {
    await others.return(undefined);
  }
}
