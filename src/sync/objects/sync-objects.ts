import { basename, join } from 'node:path';
import { CloudError } from '../../core/cloud-error.ts';
import { FailureError } from '../../core/failure.ts';
import type { ObjectsReport, UnsyncedObject } from '../../core/objects-report.ts';
import type { Context } from '../../core/ports.ts';
import type { Result } from '../../core/result.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import { abortStaleUploads, withUpload } from './begun-uploads.ts';
import { bucketFailure } from './check-side.ts';
import { type CopyTally, copyEntries } from './copy-entries.ts';
import { deleteSurplus } from './delete-surplus.ts';
import { type LineWriter, readJsonLines, writeJsonLines } from './json-lines.ts';
import type { ObjectsWish } from './wish.ts';
import { type Buckets, withBuckets } from './with-buckets.ts';
import { writeBatchJob } from './write-batch-job.ts';
import { amountOf, type CopyEntry, type ObjectsPlan, type Proven, writePlan } from './write-plan.ts';

/** How often what changed while it was copied is copied again. */
const passes = 3;
/** Objects that the report names. */
const named = 1000;

/**
 * Makes staging's bucket like production's: copies what differs, lists both again, copies again what changed meanwhile, and deletes what production lacks where that
 * was asked for. What a killed run had copied isn't copied again.
 *
 * Fails with `cloud-wrong-account`, `bucket-unusable`, `objects-source-empty`, `objects-stopped`, `package-missing` and what the cloud refuses. Single objects that
 * couldn't be copied are no failure: they stand in the report. Emits `objects-planned` and `objects-synced`.
 */
export async function syncObjects(context: Context, wish: ObjectsWish): Promise<Result<ObjectsReport>> {
  const startedAt = performance.now();
  const synced = await withBuckets<ObjectsReport>(context, wish, async (buckets) => {
    await abortStaleUploads(context, buckets.target);
    const plan = await writePlan(context, wish, buckets, 'objects');
    context.emit({ type: 'objects-planned', report: plan.report });
    const durationMs = () => performance.now() - startedAt;
    if (plan.report.batch) return { ...(await writeBatchJob(wish, plan)), durationMs: durationMs() };
    if (amountOf(plan.report.copy).objects > 0) await proveWritable(context, wish, buckets);
    const manifestFile = join(wish.folder, 'objects-manifest.jsonl');
    const done = await writeJsonLines(manifestFile, (manifest) => carryOut({ context, wish, buckets }, plan, manifest));
    return {
      ...done,
      ...withoutUndefined({ versioned: buckets.versioned }),
      durationMs: durationMs(),
      files: [...Object.values(plan.files), manifestFile].map((file) => basename(file)),
    };
  });
  if (synced.ok) context.emit({ type: 'objects-synced', report: synced.value });
  return synced;
}

type Scene = { readonly context: Context; readonly wish: ObjectsWish; readonly buckets: Buckets };

async function carryOut(scene: Scene, plan: ObjectsPlan, manifest: LineWriter): Promise<Omit<ObjectsReport, 'durationMs' | 'files'>> {
  const { context, wish, buckets } = scene;
  const tally: CopyTally = { objects: 0, bytes: 0, changed: 0, failed: new Map(), proven: new Map(), way: 'none' };
  let last = plan;
  for (let pass = 1; pass <= passes && worthAnother(last, tally, pass); pass++) {
    const { copy } = last.files;
    await copyEntries(scene, () => readJsonLines<CopyEntry>(copy), amountOf(last.report.copy), tally, manifest);
    last = await writePlan(context, wish, buckets, 'objects-after', tally.proven satisfies Proven);
  }
  let deleted = { objects: 0, bytes: 0 };
  const unsynced = await leftOver(last, tally);
  // Deleting from a staging that lacks something could take what was only renamed.
  if (wish.delete && unsynced.length === 0 && plan.report.surplus.objects > 0) {
    // After a deletion that was begun nothing is copied any more, so the last plan is the newest there is.
    const outcome = await deleteSurplus(context, wish, buckets, { shown: plan, last }, manifest).catch((error: unknown) => {
      context.signal.throwIfAborted();
      throw new FailureError(bucketFailure(error, wish.staging, 'deleting what production lacks'));
    });
    deleted = outcome.deleted;
    unsynced.push(...outcome.failed);
    last = await writePlan(context, wish, buckets, 'objects-after', tally.proven);
  }
  const { source, same } = last.report;
  return {
    plan: plan.report,
    copied: { objects: tally.objects, bytes: tally.bytes },
    way: tally.way,
    ...withoutUndefined({ whyStreamed: tally.whyStreamed }),
    deleted,
    changed: tally.changed,
    verified: { objects: same.etag + same.checksum + same.time, bytes: source.bytes - amountOf(last.report.copy).bytes - last.report.refused.bytes, by: same },
    unsyncedCount: unsynced.length,
    unsynced: unsynced.slice(0, named),
  };
}

/** The first pass always; another one for what changed, or came to nothing without being refused. */
function worthAnother({ report }: ObjectsPlan, { failed }: CopyTally, pass: number): boolean {
  const left = amountOf(report.copy).objects;
  if (left === 0) return false;
  // More is left than what failed: it came or changed after it was listed.
  return pass === 1 || left > failed.size || [...failed.values()].some(({ code }) => code === 'changed' || code === 'NoAnswer' || code === 'verify');
}

/** What the last look still finds different, each with what is known of it. */
async function leftOver(last: ObjectsPlan, { failed }: CopyTally): Promise<UnsyncedObject[]> {
  const left: UnsyncedObject[] = [];
  for await (const { key, why } of readJsonLines<CopyEntry>(last.files.copy))
    left.push(
      failed.get(key) ?? { key, code: 'changed', reason: why === 'absent' ? 'it came while objects were copied' : 'it changed again after it was copied' },
    );
  for await (const { key, storageClass } of readJsonLines<CopyEntry & { readonly storageClass: string }>(last.files.refused))
    left.push({ key, code: 'archived', reason: `it is archived (${storageClass}), and has to be restored before it can be read` });
  return left;
}

/** Shows that staging takes objects before the first is read: an upload in parts is begun and aborted, which leaves nothing. */
async function proveWritable(context: Context, wish: ObjectsWish, { target }: Buckets): Promise<void> {
  const nothing = new Error('nothing is uploaded');
  const probe = withUpload(context, target, `${wish.staging.prefix}.pgrehearse-probe`, { headers: { metadata: {} } }, async () => {
    throw nothing;
  });
  await probe.catch((error: unknown) => {
    context.signal.throwIfAborted();
    if (error === nothing) return;
    if (error instanceof CloudError) throw new FailureError(bucketFailure(error, wish.staging, 'writing'));
    throw error;
  });
}
