import type { Migration } from '../../core/migration.ts';
import type { Result } from '../../core/result.ts';
import type { MigrateSettings } from '../migrate-settings.ts';
import type { LayoutReader } from '../migration-file.ts';
import { readMigrationFiles, type WhichFiles } from '../read-migration-files.ts';
import { historyOf } from './history-of.ts';

/**
 * Reads a tool’s folder by its own rules.
 *
 * Fails with `migration-folder-missing` and `migration-format`; every problem at once.
 */
export async function readFilesOf(
  projectFolder: string,
  { adapter, folder = '.' }: Pick<MigrateSettings, 'adapter' | 'folder'>,
  read: LayoutReader,
  which?: WhichFiles,
): Promise<Result<readonly Migration[]>> {
  const files = await readMigrationFiles(projectFolder, folder, which);
  return files.ok ? historyOf(read(files.value), folder, adapter ?? 'this tool') : files;
}
