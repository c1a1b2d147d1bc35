import { type Failure, failure } from '../../core/failure.ts';
import { foreignMarks } from '../foreign-marks.ts';
import type { LayoutReader, MigrationFile } from '../migration-file.ts';
import { hasNoTransactionMark } from '../transaction-mark.ts';
import { readVersion } from '../version.ts';
import { inVersionOrder, type VersionedMigration } from './in-version-order.ts';

/**
 * `NNN_name.sql`, also with times, dates and Flyway's `V1_2__name.sql`: way up only, sorted by number.
 * A .sql file without a number, or with marks of another tool, is refused by name: leaving it out silently would rehearse something else.
 */
export const readFlat: LayoutReader = (files) => {
  const problems: Failure[] = [];
  const versioned: VersionedMigration[] = [];
  for (const file of files) {
    if (file.path.includes('/') || !file.path.endsWith('.sql')) continue;
    const problem = problemOf(file);
    const version = readVersion(file.path.slice(0, -'.sql'.length));
    if (problem !== undefined) problems.push(problem);
    else if (version !== undefined) versioned.push({ version, migration: migrationOf(file) });
  }
  const ordered = inVersionOrder(versioned);
  return { migrations: ordered.migrations, problems: [...problems, ...ordered.problems] };
};

function migrationOf(file: MigrationFile) {
  return {
    revision: file.path.slice(0, -'.sql'.length),
    file: file.file,
    sha256: file.sha256,
    up: file.text,
    upLine: 1,
    optsOutOfTransaction: hasNoTransactionMark(file.text),
  };
}

function problemOf(file: MigrationFile): Failure | undefined {
  const at = { object: file.file, place: { file: file.file } };
  if (/\.(up|down)\.sql$/.test(file.path)) {
    return failure('migration-format', `${file.file} is one half of a pair, and the layout is flat`, { ...at, cure: 'Set migrate.layout to "up-down".' });
  }
  if (readVersion(file.path.slice(0, -'.sql'.length)) === undefined) {
    return failure('migration-format', `${file.file} does not start with a number, so its place in the order is unknown`, {
      ...at,
      cure: 'Name it NNN_name.sql, or move it out of the migration folder.',
    });
  }
  const foreign = foreignMarks(file.text);
  if (foreign === undefined) return undefined;
  return failure('migration-format', `${file.file} has the marks of ${foreign.tool}: as plain SQL its way down would run after its way up`, {
    ...at,
    cure: foreign.cure,
  });
}
