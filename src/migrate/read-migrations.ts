import { type Failure, failure } from '../core/failure.ts';
import type { Migration } from '../core/migration.ts';
import { fail, ok, type Result, unreachable } from '../core/result.ts';
import { readFlat } from './layouts/flat.ts';
import { readGoose } from './layouts/goose.ts';
import { readOpaque } from './layouts/opaque.ts';
import { readPrismaFolders } from './layouts/prisma-folders.ts';
import { readUpDown } from './layouts/up-down.ts';
import type { MigrateSettings } from './migrate-settings.ts';
import type { LayoutReader, MigrationFile } from './migration-file.ts';
import { readMigrationFiles } from './read-migration-files.ts';
import { adapterOf } from './tools/adapters.ts';

export type { CommandSettings, MigrateSettings, SqlFilesSettings } from './migrate-settings.ts';

/**
 * Reads the repo's migrations in the order in which the team's tool applies them, each with the SHA-256 of its bytes.
 * Every problem is reported at once (`problems`). For `tool: command` the files are listed and hashed, not understood; without a folder there are none.
 *
 * Fails with `migration-folder-missing` and `migration-format`.
 *
 * @example const migrations = await readMigrations(settings.migrate, '/home/me/shop');
 */
export async function readMigrations(settings: MigrateSettings, projectFolder: string): Promise<Result<readonly Migration[]>> {
  const adapter = adapterOf(settings);
  if (adapter !== undefined) return await adapter.readHistory(projectFolder, settings);
  if (settings.tool === 'command' && settings.folder === undefined) return ok([]);
  const folder = settings.folder ?? '';
  const files = await readMigrationFiles(projectFolder, folder);
  if (!files.ok) return files;
  const read = layoutOf(settings)(files.value);
  const { migrations } = read;
  const problems = settings.tool === 'sql-files' ? [...read.problems, ...files.value.filter(isShouted).map(shouted)] : read.problems;
  const [first] = problems;
  if (first !== undefined) {
    return fail(
      problems.length === 1 ? first : failure('migration-format', `${problems.length} files in ${folder} do not fit the layout`, { object: folder, problems }),
    );
  }
  if (migrations.length === 0) {
    const layout = settings.tool === 'sql-files' ? ` in the layout ${settings.layout}` : '';
    return fail(failure('migration-format', `${folder} holds no migration${layout}`, { object: folder, place: { file: folder } }));
  }
  return ok(migrations);
}

/** `002_b.SQL`: a migration to whoever wrote it, and to some tools. */
function isShouted({ path }: MigrationFile): boolean {
  return !path.includes('/') && /\.sql$/i.test(path) && !path.endsWith('.sql');
}

function shouted({ file }: MigrationFile): Failure {
  const message = `${file} ends otherwise than in .sql: whether the deploy runs it depends on the tool and on the disk`;
  return failure('migration-format', message, {
    object: file,
    place: { file },
    cure: 'Write its ending in small letters, or move it out of the migration folder.',
  });
}

function layoutOf(settings: MigrateSettings): LayoutReader {
  if (settings.tool === 'command') return readOpaque;
  switch (settings.layout) {
    case 'flat':
      return readFlat;
    case 'up-down':
      return readUpDown;
    case 'prisma-folders':
      return readPrismaFolders;
    case 'goose':
      return readGoose;
    default:
      return unreachable(settings.layout);
  }
}
