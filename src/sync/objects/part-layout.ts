import type { Bucket, ByteRange } from '../../core/object-store.ts';

const mebibyte = 1024 * 1024;
/** S3's limits: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const mostParts = 10_000;
/** Largest part that is held in memory. */
export const largestPartBytes = 64 * mebibyte;

/** How an object is divided. `asSource`: as it was when it was uploaded, so that the copy gets the same ETag. */
export interface PartLayout {
  readonly ranges: readonly ByteRange[];
  readonly asSource: boolean;
}

/**
 * How an object that was uploaded in parts was divided; undefined where that can't be known from its first part.
 *
 * The ETag of such an object is made of its parts' MD5s, so copies with other parts can't be compared with it.
 */
export async function readLayout(
  source: Bucket,
  key: string,
  given: { readonly sizeBytes: number; readonly etag: string },
  signal: AbortSignal,
): Promise<PartLayout | undefined> {
  const parts = Number(/-(\d+)$/.exec(given.etag)?.[1] ?? 0);
  if (parts === 0) return undefined;
  if (parts === 1) return { ranges: rangesOf(given.sizeBytes, given.sizeBytes), asSource: true };
  const first = await source.head(key, 1, signal);
  if (first?.part === undefined || first.etag !== given.etag) return undefined;
  const { sizeBytes } = first.part;
  const ranges = rangesOf(given.sizeBytes, sizeBytes);
  return ranges.length === parts ? { ranges, asSource: true } : undefined;
}

/** A division of our own. @param partBytes at least, more where there would be too many parts */
export function ownLayout(sizeBytes: number, partBytes: number): PartLayout {
  const least = Math.ceil(sizeBytes / mostParts / mebibyte) * mebibyte;
  return { ranges: rangesOf(sizeBytes, Math.max(partBytes, least)), asSource: false };
}

function rangesOf(sizeBytes: number, partBytes: number): ByteRange[] {
  const ranges: ByteRange[] = [];
  for (let start = 0; start < sizeBytes; start += partBytes) ranges.push({ start, end: Math.min(start + partBytes, sizeBytes) - 1 });
  return ranges;
}
