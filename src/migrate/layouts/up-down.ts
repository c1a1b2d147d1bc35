import { type Failure, failure } from '../../core/failure.ts';
import { foreignMarks } from '../foreign-marks.ts';
import type { LayoutReader, MigrationFile } from '../migration-file.ts';
import { hasNoTransactionMark } from '../transaction-mark.ts';
import { readVersion } from '../version.ts';
import { inVersionOrder, type VersionedMigration } from './in-version-order.ts';

const half = /^(.+)\.(up|down)\.sql$/;

/** river's mark, which its own tool replaces by a schema's name or by nothing. It stands inside of string constants too, where it is no comment. */
const riverMark = /\/\* TEMPLATE: \w+ \*\//g;

/**
 * `NNN_name.up.sql` with an optional `NNN_name.down.sql` (golang-migrate, sqlx, river): sorted by number.
 * The first line `-- no-transaction`, which is sqlx's own mark, is understood; river's template mark is read as nothing.
 */
export const readUpDown: LayoutReader = (files) => {
  const problems: Failure[] = [];
  const versioned: VersionedMigration[] = [];
  const downs = new Map<string, MigrationFile>();
  const ups = new Map<string, MigrationFile>();
  for (const file of files) {
    if (file.path.includes('/') || !file.path.endsWith('.sql')) continue;
    const [, revision, direction] = half.exec(file.path) ?? [];
    if (revision === undefined) problems.push(refuse(file, 'ends neither in .up.sql nor in .down.sql', 'Rename it, or move it out of the migration folder.'));
    else (direction === 'up' ? ups : downs).set(revision, file);
  }
  for (const [revision, up] of ups) {
    const version = readVersion(revision);
    const foreign = foreignMarks(up.text);
    if (version === undefined) {
      problems.push(refuse(up, 'does not start with a number, so its place in the order is unknown', 'Name it NNN_name.up.sql.'));
    } else if (foreign !== undefined) {
      problems.push(refuse(up, `has the marks of ${foreign.tool}: its way down would run after its way up`, foreign.cure));
    } else versioned.push({ version, migration: migrationOf(revision, up, downs.get(revision)) });
  }
  for (const [revision, down] of downs) {
    if (!ups.has(revision)) problems.push(refuse(down, `has no ${revision}.up.sql beside it`, 'Add the way up, or remove the file.'));
  }
  const ordered = inVersionOrder(versioned);
  return { migrations: ordered.migrations, problems: [...problems, ...ordered.problems] };
};

function migrationOf(revision: string, up: MigrationFile, down: MigrationFile | undefined) {
  return {
    revision,
    file: up.file,
    sha256: up.sha256,
    up: up.text.replaceAll(riverMark, ''),
    upLine: 1,
    ...(down === undefined ? {} : { down: down.text.replaceAll(riverMark, ''), downFile: down.file }),
    optsOutOfTransaction: hasNoTransactionMark(up.text) || up.text.startsWith('-- no-transaction'),
  };
}

function refuse(file: MigrationFile, what: string, cure: string): Failure {
  return failure('migration-format', `${file.file} ${what}`, { object: file.file, place: { file: file.file }, cure });
}
