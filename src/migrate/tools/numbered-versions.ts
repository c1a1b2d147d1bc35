import type { Failure } from '../../core/failure.ts';
import type { Migration } from '../../core/migration.ts';
import { refuseFile } from './refuse-file.ts';

export interface Numbered {
  /** As the tool stores it. */
  readonly version: bigint;
  readonly migration: Migration;
}

/** By number; the same number twice is a problem, in the tool’s own words. Gaps are fine. */
export function inNumberOrder(
  numbered: readonly Numbered[],
  says: string,
): { readonly migrations: readonly Migration[]; readonly problems: readonly Failure[] } {
  const sorted = numbered.toSorted((left, right) => (left.version < right.version ? -1 : left.version > right.version ? 1 : 0));
  const problems = sorted.flatMap(({ version, migration }, at) => {
    const before = sorted[at - 1];
    return before?.version === version
      ? [refuseFile(migration, `has the version of ${before.migration.file}: ${says}`, 'Give one of the two another number.')]
      : [];
  });
  return { migrations: sorted.map(({ migration }) => migration), problems };
}

const largest = 2n ** 63n - 1n;

/** A whole number as Go and Rust read it into 64 bits; undefined where it is none. */
export function int64(text: string): bigint | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ''));
  return value <= largest && value >= -largest - 1n ? value : undefined;
}
