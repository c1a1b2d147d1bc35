import type { ListedObject, ObjectChecksum, ObjectFacts, ObjectHeaders } from '../../core/object-store.ts';
import type { CopyReason, SameBy } from '../../core/objects-report.ts';

export type Comparison = { readonly same: SameBy } | { readonly copy: CopyReason };

/**
 * What two listings tell of an object. `look`: they leave it open, and the objects' own facts have to be asked for.
 *
 * Equal ETags and sizes are equal content, whichever way the ETag was made. Headers aren't listed; they can only have changed when the source was written after
 * the target.
 */
export function compareListed(source: ListedObject, target: ListedObject | undefined): Comparison | 'look' {
  if (target === undefined) return { copy: 'absent' };
  if (source.sizeBytes !== target.sizeBytes) return { copy: 'size' };
  if (source.etag !== target.etag || source.etag === '') return 'look';
  return source.lastModifiedMs < target.lastModifiedMs ? { same: 'etag' } : 'look';
}

/** The same with what HEAD tells, of objects of equal size. */
export function compareFacts(source: ObjectFacts, target: ObjectFacts): Comparison {
  const content = compareContent(source, target);
  if ('copy' in content) return content;
  return haveEqualHeaders(source.headers, target.headers) ? content : { copy: 'headers' };
}

function compareContent(source: ObjectFacts, target: ObjectFacts): Comparison {
  if (source.sizeBytes !== target.sizeBytes) return { copy: 'size' };
  if (source.etag === target.etag && source.etag !== '') return { same: 'etag' };
  const byChecksum = compareChecksums(source.checksum, target.checksum);
  if (byChecksum !== 'unknown') return byChecksum === 'equal' ? { same: 'checksum' } : { copy: 'content' };
  if (isMd5(source) && isMd5(target)) return { copy: 'content' };
  // Nothing that both sides have tells. A target that is younger was written from this source, or by somebody who wanted it otherwise.
  return source.lastModifiedMs < target.lastModifiedMs ? { same: 'time' } : { copy: 'content' };
}

/** Checksums of another algorithm, or of parts that may end elsewhere, leave it open. */
export function compareChecksums(a: ObjectChecksum | undefined, b: ObjectChecksum | undefined): 'equal' | 'different' | 'unknown' {
  if (a === undefined || b === undefined || a.algorithm !== b.algorithm || a.type !== b.type) return 'unknown';
  if (a.value === b.value) return 'equal';
  return a.type === 'FULL_OBJECT' ? 'different' : 'unknown';
}

/** Whether an ETag is the MD5 of the content: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html */
export function isMd5({ etag, encryption }: Pick<ObjectFacts, 'etag' | 'encryption'>): boolean {
  return /^[0-9a-f]{32}$/.test(etag) && !(encryption ?? '').startsWith('aws:kms');
}

function haveEqualHeaders(a: ObjectHeaders, b: ObjectHeaders): boolean {
  return flat(a) === flat(b);
}

function flat({ metadata, ...headers }: ObjectHeaders): string {
  return JSON.stringify([Object.entries(headers).toSorted(byName), Object.entries(metadata).toSorted(byName)]);
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);
