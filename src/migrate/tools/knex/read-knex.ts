import { extname } from 'node:path/posix';
import type { Failure } from '../../../core/failure.ts';
import type { LayoutReading, MigrationFile } from '../../migration-file.ts';
import { refuseFile } from '../refuse-file.ts';

/** What Knex takes for a migration unless `loadExtensions` says otherwise. `.mjs` is not among them. */
export const knexExtensions: readonly string[] = ['.co', '.coffee', '.eg', '.iced', '.js', '.cjs', '.litcoffee', '.ls', '.ts'];

export interface KnexFolders {
  /** Files of each directory of the knexfile, in its order. */
  readonly folders: readonly (readonly MigrationFile[])[];
  /** With the dot, as in `loadExtensions`. */
  readonly extensions?: readonly string[];
  /** `sortDirsSeparately`: all of the first directory, then all of the next. Otherwise by file name, wherever the file is. */
  readonly separately?: boolean;
}

/**
 * Knex's migrations in its order: by file name as text, so that `10_b.js` comes before `9_a.js`. The name with its extension is the revision,
 * as Knex records it.
 */
export function readKnex({ folders, extensions = knexExtensions, separately = false }: KnexFolders): LayoutReading {
  const listed = folders.map((files) => files.filter(({ path }) => !path.includes('/') && extensions.includes(extname(path))));
  const ordered = separately ? listed.flatMap((files) => files.toSorted(byName)) : listed.flat().toSorted(byName);
  const problems: Failure[] = [];
  const named = new Map<string, MigrationFile>();
  const stems = new Map<string, MigrationFile>();
  for (const file of ordered) {
    const stem = file.path.slice(0, -extname(file.path).length);
    const same = named.get(file.path) ?? stems.get(stem);
    if (stem.endsWith('.d'))
      problems.push(
        refuseFile(
          file,
          'declares types only, and Knex would take it for a migration',
          'Keep .d.ts files out of the folder, or leave .ts out of loadExtensions.',
        ),
      );
    else if (same?.path === file.path) {
      problems.push(
        refuseFile(file, `has the name of ${same.file}: Knex records the name alone, and would leave out whichever comes later`, 'Rename one of the two.'),
      );
    } else if (same !== undefined) {
      problems.push(refuseFile(file, `stands beside ${same.file}: Knex would run both`, 'Keep one of the two, or set the extensions that Knex is to load.'));
    }
    named.set(file.path, file);
    stems.set(stem, file);
  }
  return {
    migrations: ordered.map(({ path, file, sha256, text }) => ({
      revision: path,
      file,
      sha256,
      up: text,
      upLine: 1,
      optsOutOfTransaction: false,
      language: 'code',
      late: 'applied',
    })),
    problems,
  };
}

function byName(left: MigrationFile, right: MigrationFile): number {
  return left.path < right.path ? -1 : left.path > right.path ? 1 : 0;
}
