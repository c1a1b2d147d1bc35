import { createHash } from 'node:crypto';
import type { MigrationFile } from '../../src/migrate/migration-file.ts';

/** Migration files as they would be read from a folder `db`, from their paths and texts. */
export function migrationFiles(texts: Readonly<Record<string, string>>): readonly MigrationFile[] {
  return Object.entries(texts).map(([path, text]) => ({ path, file: `db/${path}`, text, sha256: createHash('sha256').update(text).digest('hex') }));
}
