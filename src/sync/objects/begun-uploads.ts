import { CloudError } from '../../core/cloud-error.ts';
import { failure } from '../../core/failure.ts';
import type { BegunUpload, Bucket, NewObject, ObjectChecksum, Upload } from '../../core/object-store.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';

/** Milliseconds. S3's clock is told in whole seconds, and not every machine of S3 has the same. */
const slackMs = 5_000;

/**
 * Begins an upload in parts, and aborts it unless `use` completes it: parts of a begun upload are kept, and cost, until somebody does.
 *
 * It stands in the ledger before it is begun, so that a later run or `gc` finds what a kill -9 left.
 */
export async function withUpload<T>(
  context: Context,
  bucket: Bucket,
  key: string,
  how: NewObject & { readonly checksumType?: ObjectChecksum['type'] },
  use: (upload: Upload) => Promise<T>,
): Promise<T> {
  const { region, profile, bucket: name, owner } = bucket.access;
  const line = await context.ledger.plan({
    kind: 'upload',
    label: `upload of s3://${name}/${key}`,
    facts: { bucket: name, bucketOwner: owner, region, ...withoutUndefined({ profile, sinceMs: bucket.clockMs() }), key },
    ...withoutUndefined({ runId: context.runId }),
  });
  let upload: BegunUpload | undefined;
  try {
    upload = await bucket.beginUpload(key, how, context.signal);
    if (!upload.isRepeated) await context.ledger.amend(line.id, { facts: { uploadId: upload.uploadId } });
    const value = await use(upload);
    // When this fails, the ledger's line stays for the next one.
    if (upload.isRepeated) await abortPlanned(context, bucket, line).catch(() => {});
    else await context.ledger.forget(line.id);
    return value;
  } catch (error) {
    const neverBegun = upload === undefined && error instanceof CloudError && error.refused && !error.repeated;
    const known = upload === undefined || upload.isRepeated ? {} : { uploadId: upload.uploadId };
    // When that fails too, the ledger's line stays for the next one.
    if (neverBegun) await context.ledger.forget(line.id);
    else await abortPlanned(context, bucket, { ...line, facts: { ...line.facts, ...known } }).catch(() => {});
    throw error;
  }
}

/**
 * Removes what an upload of the ledger left in its bucket. For `gc`.
 *
 * Fails with `cleanup-failed`, and keeps the line then.
 */
export async function removeUpload(context: Context, resource: Resource): Promise<Result<void>> {
  const { bucket, bucketOwner, region, profile } = resource.facts;
  const opened = await context.edge.objects.open({
    bucket: String(bucket),
    owner: String(bucketOwner),
    region: String(region),
    ...(profile === undefined ? {} : { profile: String(profile) }),
  });
  if (!opened.ok) return fail(opened.failure);
  await using store = opened.value;
  try {
    await abortPlanned(context, store, resource);
    return ok();
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return fail(failure('cleanup-failed', `${resource.label} could not be aborted: ${error.code}: ${error.message}`, { object: resource.id }));
  }
}

/** Aborts uploads to this bucket whose makers on this machine are gone. Those that can't be aborted stay in the ledger. @returns how many were. */
export async function abortStaleUploads(context: Context, bucket: Bucket): Promise<number> {
  const { system } = context.edge;
  let aborted = 0;
  for (const line of await context.ledger.list()) {
    if (line.kind !== 'upload' || line.facts.bucket !== bucket.access.bucket || line.owner.host !== system.host) continue;
    if ((await system.processStartedAt(line.owner.pid)) === line.owner.processStartedAt) continue;
    await abortPlanned(context, bucket, line);
    aborted++;
  }
  return aborted;
}

/** Throws CloudError. */
async function abortPlanned(context: Context, bucket: Bucket, { id, facts }: Pick<Resource, 'id' | 'facts'>): Promise<void> {
  const key = String(facts.key);
  // Not stopped by Ctrl-C: this is what is done because of it.
  if (facts.uploadId !== undefined) await bucket.abortUpload({ key, uploadId: String(facts.uploadId) });
  else {
    // Whether it was begun isn't known, or how often, so it has no id: what was begun for this very key since then, by S3's own clock, is it.
    const since = Number(facts.sinceMs ?? 0) - slackMs;
    for (const upload of await bucket.listUploads(key)) if (upload.initiatedMs >= since) await bucket.abortUpload(upload);
  }
  await context.ledger.forget(id);
}
