import { type Failure, failure } from '../../core/failure.ts';
import type { Migration } from '../../core/migration.ts';
import { compareVersions, type Version, versionKey } from '../version.ts';

export interface VersionedMigration {
  readonly version: Version;
  readonly migration: Migration;
}

/** Sorts by version number, as the tools do; two files with one version are a problem, since which of them is meant can't be known. Gaps are fine. */
export function inVersionOrder(versioned: readonly VersionedMigration[]): { readonly migrations: readonly Migration[]; readonly problems: readonly Failure[] } {
  const sorted = [...versioned].sort((left, right) => compareVersions(left.version, right.version));
  const problems: Failure[] = [];
  sorted.forEach(({ version, migration }, at) => {
    const previous = sorted[at - 1];
    if (previous === undefined || versionKey(previous.version) !== versionKey(version)) return;
    problems.push(
      failure('migration-format', `version ${version.text} is there twice: ${previous.migration.file} and ${migration.file}`, {
        object: migration.file,
        place: { file: migration.file },
        cure: 'Give one of the two another number.',
      }),
    );
  });
  return { migrations: sorted.map(({ migration }) => migration), problems };
}
