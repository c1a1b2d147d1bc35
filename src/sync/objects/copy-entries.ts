import { CloudError } from '../../core/cloud-error.ts';
import { cloudFailure } from '../../core/cloud-failure.ts';
import { FailureError, failure } from '../../core/failure.ts';
import type { ObjectsReport, SameBy, UnsyncedObject } from '../../core/objects-report.ts';
import { ByteBudget } from './byte-budget.ts';
import { type CopiedObject, type CopyScene, copyThrough, copyWithin, DifferentCopyError } from './copy-object.ts';
import { inParallel } from './in-parallel.ts';
import type { LineWriter } from './json-lines.ts';
import { ObjectsProgress } from './objects-progress.ts';
import type { CopyEntry } from './write-plan.ts';

/** Bytes of objects in memory at a time: with Node and the SDK that makes less than 250 MB. */
const budgetBytes = 48 * 1024 * 1024;
/** Objects that fail before any was copied: then all of them would. */
const failuresToStop = 25;
/** Objects that fail one after the other once some were copied: more than a folder whose objects nobody may read, and as many calls in vain. */
const failuresInARow = 1000;
/** Nothing that comes after these can go well. */
const fatal = [
  'NoCredentials',
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidToken',
  'SignatureDoesNotMatch',
  'NoSuchBucket',
  'AllAccessDisabled',
  'RequestTimeTooSkewed',
];
/** The source isn't what was listed any more. */
const changed = ['PreconditionFailed', 'NoSuchKey', 'NotFound'];

/** What came of copying, over all passes. */
export interface CopyTally {
  objects: number;
  bytes: number;
  changed: number;
  /** Objects that failed, by key without prefix; one that goes well later is taken out. */
  readonly failed: Map<string, UnsyncedObject>;
  /** Copies whose ETag isn't the source's, and what shows that they are right. */
  readonly proven: Map<string, { readonly source: string; readonly target: string; readonly by: SameBy }>;
  way: ObjectsReport['way'];
  whyStreamed?: string;
}

/**
 * Copies what a plan names. An object that can't be copied is noted and left; what would stop every other one too is thrown.
 *
 * @throws FailureError
 */
export async function copyEntries(
  given: Omit<CopyScene, 'budget'>,
  entries: () => AsyncGenerator<CopyEntry>,
  amount: { readonly objects: number; readonly bytes: number },
  tally: CopyTally,
  manifest: LineWriter,
): Promise<void> {
  const { context, wish } = given;
  const scene: CopyScene = { ...given, budget: new ByteBudget(budgetBytes) };
  const progress = new ObjectsProgress(context.emit, wish.phase, amount);
  let inVain = 0;

  async function copyOne(entry: CopyEntry): Promise<void> {
    try {
      const { way, ...copied } = await copyByEitherWay(scene, entry, tally);
      inVain = 0;
      tally.objects++;
      tally.bytes += entry.sizeBytes;
      tally.failed.delete(entry.key);
      if (copied.targetEtag !== entry.etag) tally.proven.set(entry.key, { source: entry.etag, target: copied.targetEtag, by: copied.by });
      manifest.write({ ...lineOf(scene, entry), result: 'copied', way, ...copied });
    } catch (error) {
      context.signal.throwIfAborted();
      const found = toUnsynced(error, entry);
      if (fatal.includes(found.code))
        throw new FailureError(cloudFailure(error, `copying s3://${wish.production.bucket}/${wish.production.prefix}${entry.key}`));
      if (found.code === 'changed') tally.changed++;
      tally.failed.set(entry.key, found);
      manifest.write({ ...lineOf(scene, entry), result: 'failed', code: found.code, reason: found.reason });
      if (found.code !== 'changed' && ++inVain >= (tally.objects > 0 ? failuresInARow : failuresToStop))
        throw new FailureError(
          failure('objects-stopped', `${inVain} objects in a row failed; the last one, ${entry.key}: ${found.reason}`, { object: found.code }),
        );
    } finally {
      progress.did(entry.sizeBytes);
    }
  }

  // The first one shows whether S3 may do it by itself; the others wait for that.
  if (tally.way === 'none') {
    for await (const entry of entries()) {
      await copyOne(entry);
      break;
    }
    await inParallel(allButFirst(entries()), wish.concurrency, copyOne);
  } else await inParallel(entries(), wish.concurrency, copyOne);
  await manifest.settle();
  progress.end();
}

async function* allButFirst<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  let isFirst = true;
  for await (const item of items) {
    if (!isFirst) yield item;
    isFirst = false;
  }
}

async function copyByEitherWay(scene: CopyScene, entry: CopyEntry, tally: CopyTally): Promise<CopiedObject & { readonly way: 'server-side' | 'streamed' }> {
  const { way: wished } = scene.wish;
  if (wished !== 'streamed' && tally.way !== 'streamed') {
    try {
      const copied = await copyWithin(scene, entry);
      tally.way = 'server-side';
      return { ...copied, way: 'server-side' };
    } catch (error) {
      // 403 and the like mean this identity; that the source changed doesn't.
      if (wished === 'server-side' || !(error instanceof CloudError) || !error.refused || changed.includes(error.code)) throw error;
      if (tally.way === 'none') {
        tally.way = 'streamed';
        tally.whyStreamed = `${error.operation} was answered with ${error.code}`;
      }
      // Where others went well, this one alone goes the other way: such as one whose key only production's identity may use.
    }
  }
  const copied = await copyThrough(scene, entry);
  if (tally.way === 'none') tally.way = 'streamed';
  return { ...copied, way: 'streamed' };
}

function lineOf({ wish }: CopyScene, { key, sizeBytes, etag }: CopyEntry) {
  return { key: wish.production.prefix + key, targetKey: wish.staging.prefix + key, sizeBytes, etag };
}

function toUnsynced(error: unknown, { key }: CopyEntry): UnsyncedObject {
  if (error instanceof DifferentCopyError) return { key, code: 'verify', reason: error.message };
  if (!(error instanceof CloudError)) throw error;
  if (changed.includes(error.code)) return { key, code: 'changed', reason: 'it changed or went away while it was copied' };
  if (error.code === 'InvalidObjectState') return { key, code: 'archived', reason: 'it is archived, and has to be restored before it can be read' };
  return { key, code: error.code, reason: `${error.operation}: ${error.code}: ${error.message}` };
}
