import { CloudError } from '../../core/cloud-error.ts';
import { failure } from '../../core/failure.ts';
import type { Bucket, NewObject, ObjectChecksum, Upload } from '../../core/object-store.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';

/** Milliseconds by which the clocks of S3 and of this machine may differ. */
const clockSkewMs = 60_000;

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
    facts: { bucket: name, bucketOwner: owner, region, ...withoutUndefined({ profile }), key },
    ...withoutUndefined({ runId: context.runId }),
  });
  let upload: Upload | undefined;
  try {
    upload = await bucket.beginUpload(key, how, context.signal);
    await context.ledger.amend(line.id, { facts: { uploadId: upload.uploadId } });
    const value = await use(upload);
    await context.ledger.forget(line.id);
    return value;
  } catch (error) {
    const neverBegun = upload === undefined && error instanceof CloudError && error.refused;
    // When that fails too, the ledger's line stays for the next one.
    if (neverBegun) await context.ledger.forget(line.id);
    else await abortPlanned(context, bucket, upload === undefined ? line : { ...line, facts: { ...line.facts, uploadId: upload.uploadId } }).catch(() => {});
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
async function abortPlanned(context: Context, bucket: Bucket, { id, facts, createdAt }: Pick<Resource, 'id' | 'facts' | 'createdAt'>): Promise<void> {
  const key = String(facts.key);
  // Not stopped by Ctrl-C: this is what is done because of it.
  if (facts.uploadId !== undefined) await bucket.abortUpload({ key, uploadId: String(facts.uploadId) });
  else {
    // Whether it was begun isn't known, so it has no id: what was begun for this very key since then is it.
    const since = Date.parse(createdAt) - clockSkewMs;
    for (const upload of await bucket.listUploads(key)) if (upload.initiatedMs >= since) await bucket.abortUpload(upload);
  }
  await context.ledger.forget(id);
}
