import { join } from 'node:path';
import { FailureError, failure } from '../../core/failure.ts';
import type { ListedObject } from '../../core/object-store.ts';
import type { CopyReason, ObjectAmount, ObjectsPlanReport, SameBy } from '../../core/objects-report.ts';
import type { Context } from '../../core/ports.ts';
import { bucketFailure } from './check-side.ts';
import { type Comparison, compareFacts, compareListed } from './compare-objects.ts';
import { inParallel } from './in-parallel.ts';
import { type LineWriter, writeJsonLines } from './json-lines.ts';
import { keyFilter } from './key-filter.ts';
import { mergeListings, type ObjectPair } from './merge-listings.ts';
import type { ObjectsWish } from './wish.ts';
import type { Buckets } from './with-buckets.ts';

/** A line of the plan: an object that is to be copied. */
export interface CopyEntry {
  /** Without its prefix. */
  readonly key: string;
  readonly sizeBytes: number;
  readonly etag: string;
  readonly why: CopyReason;
}

/** A line of the surplus: an object that staging has and production doesn't. */
export interface SurplusEntry {
  readonly key: string;
  readonly sizeBytes: number;
}

/** A plan and where its lines are. */
export interface ObjectsPlan {
  readonly report: ObjectsPlanReport;
  readonly files: { readonly copy: string; readonly surplus: string; readonly refused: string };
}

/** Keys of each kind that the report shows. */
const shown = 20;
/** Questions about single objects at a time. */
const lookWidth = 32;
/** Classes from which an object has to be brought back before it can be read. */
const archives = ['GLACIER', 'DEEP_ARCHIVE'];

/** What this run already knows of an object that it copied: that this ETag of the source became that one of the target. */
export type Proven = ReadonlyMap<string, { readonly source: string; readonly target: string; readonly by: SameBy }>;

/**
 * Lists both buckets side by side, and writes what differs into files of the run's folder. No more than a page of each listing is in memory.
 *
 * @param name begins the files' names
 * @throws FailureError
 */
export async function writePlan(
  context: Context,
  wish: ObjectsWish,
  { source, target }: Buckets,
  name: string,
  proven: Proven = new Map(),
): Promise<ObjectsPlan> {
  const { production, staging } = wish;
  const isWanted = keyFilter(wish);
  const count = new Count();
  const { signal } = context;
  const fileOf = (kind: string) => join(wish.folder, `${name}-${kind}.jsonl`);
  const files = { copy: fileOf('copy'), surplus: fileOf('surplus'), refused: fileOf('refused') };

  async function decide(pair: ObjectPair & { readonly source: ListedObject }): Promise<Comparison> {
    const known = proven.get(pair.key);
    if (known !== undefined && known.source === pair.source.etag && known.target === pair.target?.etag && pair.source.sizeBytes === pair.target?.sizeBytes)
      return { same: known.by };
    const listed = compareListed(pair.source, pair.target);
    if (listed !== 'look') return listed;
    const [ours, theirs] = await Promise.all([
      source.head(production.prefix + pair.key, undefined, signal),
      target.head(staging.prefix + pair.key, undefined, signal),
    ]);
    // Gone meanwhile: copying finds out, and tells.
    return ours === undefined || theirs === undefined ? { copy: 'absent' } : compareFacts(ours, theirs);
  }

  async function put(pair: ObjectPair, writers: { readonly copy: LineWriter; readonly refused: LineWriter }): Promise<void> {
    const { key, source: object } = pair;
    if (object === undefined) return;
    const comparison = await decide({ ...pair, source: object });
    if ('same' in comparison) {
      count.same[comparison.same]++;
      return;
    }
    const { sizeBytes, etag, storageClass } = object;
    if (archives.includes(storageClass)) {
      count.add(count.refused, sizeBytes, count.examples.refused, key);
      writers.refused.write({ key, sizeBytes, storageClass });
      return;
    }
    count.add(count.copy[comparison.copy], sizeBytes, count.examples.copy, key);
    writers.copy.write({ key, sizeBytes, etag, why: comparison.copy } satisfies CopyEntry);
  }

  /** Pairs that have to be decided; the others are counted in passing, so that the surplus is written in the listings' order. */
  async function* toDecide(surplus: LineWriter): AsyncGenerator<ObjectPair> {
    const pairs = mergeListings(source.list(production.prefix, signal), production.prefix, target.list(staging.prefix, signal), staging.prefix);
    for await (const pair of pairs) {
      const { sizeBytes } = pair.source ?? pair.target ?? { sizeBytes: 0 };
      if (!isWanted(pair.key)) {
        if (pair.source !== undefined) count.add(count.excluded, sizeBytes);
        continue;
      }
      if (pair.target !== undefined) count.add(count.target, pair.target.sizeBytes);
      if (pair.source === undefined) {
        count.add(count.surplus, sizeBytes, count.examples.surplus, pair.key);
        surplus.write({ key: pair.key, sizeBytes } satisfies SurplusEntry);
        continue;
      }
      count.add(count.source, sizeBytes);
      yield pair;
    }
  }

  try {
    await writeJsonLines(files.copy, (copy) =>
      writeJsonLines(files.refused, (refused) =>
        writeJsonLines(files.surplus, (surplus) => inParallel(toDecide(surplus), lookWidth, (pair) => put(pair, { copy, refused }))),
      ),
    );
  } catch (error) {
    signal.throwIfAborted();
    throw new FailureError(bucketFailure(error, sideOf(error, wish), 'reading what is there'));
  }
  if (count.source.objects === 0 && count.target.objects > 0)
    throw new FailureError(
      failure('objects-source-empty', `s3://${production.bucket}/${production.prefix} has no object, and staging has ${count.target.objects} there`, {
        object: `s3://${production.bucket}/${production.prefix}`,
      }),
    );
  return { report: count.report(wish), files };
}

/** A bucket's errors begin with its name. */
function sideOf(error: unknown, { production, staging }: ObjectsWish) {
  return error instanceof Error && error.message.startsWith(`${staging.bucket}: `) ? staging : production;
}

type Mutable = { objects: number; bytes: number };
const none = (): Mutable => ({ objects: 0, bytes: 0 });

class Count {
  readonly source = none();
  readonly target = none();
  readonly copy = { absent: none(), size: none(), content: none(), headers: none() };
  readonly same = { etag: 0, checksum: 0, time: 0 };
  readonly surplus = none();
  readonly refused = none();
  readonly excluded = none();
  readonly examples = { copy: [] as string[], surplus: [] as string[], refused: [] as string[] };

  add(amount: Mutable, bytes: number, examples?: string[], key = ''): void {
    amount.objects++;
    amount.bytes += bytes;
    if (examples !== undefined && examples.length < shown) examples.push(key);
  }

  report({ delete: asked, batchAbove }: ObjectsWish): ObjectsPlanReport {
    const { source, target, copy, same, refused, excluded, examples } = this;
    const surplus = { ...this.surplus, asked };
    return { source, target, copy, same, surplus, refused, excluded, examples, batch: amountOf(copy).objects > batchAbove };
  }
}

/** All that is to be copied, whatever the reason. */
export function amountOf(copy: ObjectsPlanReport['copy']): ObjectAmount {
  return Object.values(copy).reduce((sum, one) => ({ objects: sum.objects + one.objects, bytes: sum.bytes + one.bytes }), none());
}
