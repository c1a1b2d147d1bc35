import type { Migration } from '../core/migration.ts';
import type { LedgerTable } from './ledger-table.ts';
import { readVersion, versionKey } from './version.ts';

/** What a ledger's column holds. `any`: not told, so each way is tried in turn. */
export type RevisionMatch = 'revision' | 'version' | 'file' | 'any';

/** What a ledger's column can hold: a number is never a whole revision name, whatever the configuration says. */
export function ledgerMatch({ column, columns }: Pick<LedgerTable, 'column' | 'columns'>, configured: RevisionMatch): RevisionMatch {
  const type = columns.find(({ name }) => name === column)?.type ?? '';
  return /^(smallint|integer|bigint|numeric)/.test(type) ? 'version' : configured;
}

/**
 * Gives the function that finds the migration which a ledger's value names.
 *
 * @example matchRevisions(migrations, 'version')('7')?.revision // '007_add_email'
 */
export function matchRevisions(migrations: readonly Migration[], match: RevisionMatch): (value: string) => Migration | undefined {
  const byRevision = new Map(migrations.map((migration) => [migration.revision, migration]));
  const byFile = new Map(migrations.flatMap((migration) => fileNames(migration.file).map((name) => [name, migration])));
  const byVersion = new Map<string, Migration>();
  for (const migration of migrations) {
    const version = readVersion(migration.revision);
    if (version !== undefined) byVersion.set(versionKey(version), migration);
  }
  const version = (value: string) => {
    const read = readVersion(value.trim());
    return read === undefined || read.rest !== '' ? undefined : byVersion.get(versionKey(read));
  };
  return (value) => {
    switch (match) {
      case 'revision':
        return byRevision.get(value);
      case 'file':
        return byFile.get(value);
      case 'version':
        return version(value);
      case 'any':
        return byRevision.get(value) ?? byFile.get(value) ?? version(value);
    }
  };
}

/** What the ledger's column would hold for a migration. */
export function revisionValue(migration: Migration, match: RevisionMatch): string {
  if (match === 'version') return readVersion(migration.revision)?.text ?? migration.revision;
  return match === 'file' ? (fileNames(migration.file)[0] ?? migration.file) : migration.revision;
}

/** `a/b/c.sql` may be recorded as c.sql, b/c.sql or a/b/c.sql. */
function fileNames(file: string): readonly string[] {
  const parts = file.split('/');
  return parts.map((_, at) => parts.slice(parts.length - 1 - at).join('/'));
}
