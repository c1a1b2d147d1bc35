import { type Failure, FailureError, failure } from '../../core/failure.ts';
import type { Bucket } from '../../core/object-store.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { bucketFailure, checkAccount } from './check-side.ts';
import type { ObjectSide, ObjectsWish } from './wish.ts';

/** Both buckets, looked at and found to be the configured ones. */
export interface Buckets {
  readonly source: Bucket;
  readonly target: Bucket;
  /** Whether staging's keeps old versions; absent where the identity may not know. */
  readonly versioned?: boolean;
}

/**
 * Opens both buckets for a while. Before either is read, the accounts of both sides are the configured ones; then each exists, where it is said to be.
 *
 * All problems of the sides are told at once. What `use` throws as FailureError is the failure.
 */
export async function withBuckets<T>(
  context: Context,
  { production, staging }: Pick<ObjectsWish, 'production' | 'staging'>,
  use: (buckets: Buckets) => Promise<T>,
): Promise<Result<T>> {
  const wrong = (await Promise.all([production, staging].map((side) => checkAccount(context, side)))).filter((found) => found !== undefined);
  const [first, ...others] = wrong;
  if (first !== undefined) return fail(others.length === 0 ? first : together(wrong));
  if (production.bucket === staging.bucket && (production.prefix.startsWith(staging.prefix) || staging.prefix.startsWith(production.prefix)))
    return fail(failure('bucket-unusable', `production and staging are the same bucket, ${production.bucket}, and one prefix contains the other`));

  const opened = await Promise.all([production, staging].map(({ access, bucket, owner }) => context.edge.objects.open({ ...access, bucket, owner })));
  const [source, target] = opened.map((one) => (one.ok ? one.value : undefined));
  const missing = opened.find((one) => !one.ok);
  if (missing !== undefined && !missing.ok) return fail(missing.failure);
  if (source === undefined || target === undefined) throw new Error('two buckets were opened');
  try {
    const looks = await Promise.all([look(context, production, source), look(context, staging, target)]);
    const unusable = looks.flatMap((one) => ('failure' in one ? [one.failure] : []));
    const [failed] = unusable;
    if (failed !== undefined) return fail(unusable.length === 1 ? failed : together(unusable));
    const versioned = looks[1] !== undefined && 'versioned' in looks[1] ? looks[1].versioned : undefined;
    return ok(await use({ source, target, ...(versioned === undefined ? {} : { versioned }) }));
  } catch (error) {
    if (error instanceof FailureError) return fail(error.failure);
    throw error;
  } finally {
    await source[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
  }
}

async function look(context: Context, side: ObjectSide, bucket: Bucket): Promise<{ readonly failure: Failure } | { readonly versioned?: boolean }> {
  try {
    const { region, versioned } = await bucket.inspect(context.signal);
    if (region !== undefined && region !== side.access.region)
      return {
        failure: failure('bucket-unusable', `bucket ${side.bucket} (${side.name}) is in ${region}, and ${side.access.region} is configured`, {
          object: `sync.objects.${side.name}.region`,
          cure: `Set sync.objects.${side.name}.region to ${region}.`,
        }),
      };
    return versioned === undefined ? {} : { versioned };
  } catch (error) {
    context.signal.throwIfAborted();
    return { failure: bucketFailure(error, side, 'looking at the bucket') };
  }
}

function together(problems: readonly Failure[]): Failure {
  const [first] = problems;
  if (first === undefined) throw new Error('no problems');
  return failure(first.code, `${problems.length} problems: ${problems.map(({ message }) => message).join('; ')}`, { problems, rootCause: first.rootCause });
}
