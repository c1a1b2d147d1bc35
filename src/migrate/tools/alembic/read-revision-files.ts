import { createHash } from 'node:crypto';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Failure, failure } from '../../../core/failure.ts';
import type { MigrationFile } from '../../migration-file.ts';
import { decodePython } from '../python/decode-python.ts';
import { inProject } from './read-config.ts';

export interface RevisionFolders {
  /** Absolute, in Alembic's order. */
  readonly folders: readonly string[];
  readonly recursive: boolean;
  readonly sourceless: boolean;
}

export interface RevisionFiles {
  readonly files: readonly MigrationFile[];
  readonly problems: readonly Failure[];
}

/** What Alembic takes for a revision. */
const source = /^(?!\.#|__init__).*\.py$/;
const compiled = /^(?!\.#|__init__).*\.py[co]$/;

/**
 * Reads the files that Alembic would load, folder by folder and by name, each once. Newer versions read them in this order too; older ones (before 1.11) in the order
 * of the directory on disk, which differs between machines: it only decides between branches that don't know of each other.
 */
export async function readRevisionFiles(projectFolder: string, { folders, recursive, sourceless }: RevisionFolders): Promise<RevisionFiles> {
  const files: MigrationFile[] = [];
  const problems: Failure[] = [];
  const seen = new Set<string>();
  for (const folder of folders) {
    const names = await listNames(folder, recursive);
    if (names === undefined) {
      const shown = inProject(projectFolder, folder);
      problems.push(
        failure('migration-folder-missing', `Alembic’s folder of revisions ${shown} does not exist`, {
          object: shown,
          place: { file: shown },
          cure: 'Correct script_location or version_locations, or migrate.workingFolder, from which they are taken.',
        }),
      );
      continue;
    }
    const sources = new Set(names.map((name) => moduleOf(name)));
    for (const name of names) {
      const path = join(folder, name);
      const file = inProject(projectFolder, path);
      if (sourceless && compiled.test(basename(name)) && !hasSource(name, sources)) problems.push(unreadable(file, 'is compiled Python without its source'));
      if (!source.test(basename(name)) || name.includes('__pycache__/')) continue;
      const real = await realpath(path).catch(() => path);
      if (seen.has(real)) continue;
      seen.add(real);
      const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => error.message);
      const text = typeof bytes === 'string' ? undefined : decodePython(bytes);
      if (typeof bytes === 'string') problems.push(unreadable(file, `can’t be read: ${bytes}`));
      else if (text === undefined) problems.push(unreadable(file, 'is not text in the encoding that it names, or in UTF-8'));
      else files.push({ path: name, file, text, sha256: createHash('sha256').update(bytes).digest('hex') });
    }
  }
  return { files, problems };
}

function unreadable(file: string, what: string): Failure {
  return failure('migration-format', `${file} ${what}`, { object: file, place: { file }, cure: 'Save the source as UTF-8 beside the others.' });
}

/** Files by name, those of a folder before its sub-folders; undefined where there is no such folder. */
async function listNames(folder: string, recursive: boolean): Promise<readonly string[] | undefined> {
  const found: string[] = [];
  const walk = async (inside: string): Promise<void> => {
    const entries = await readdir(join(folder, inside), { withFileTypes: true });
    const names = entries.toSorted((left, right) => (left.name < right.name ? -1 : 1));
    for (const entry of names) if (entry.isFile() || entry.isSymbolicLink()) found.push(join(inside, entry.name));
    for (const entry of names) {
      if (entry.isDirectory() && ((recursive && entry.name !== '__pycache__') || (inside === '' && entry.name === '__pycache__')))
        await walk(join(inside, entry.name));
    }
  };
  try {
    await walk('');
    return found;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** `__pycache__/0001_a.cpython-311.pyc`, `0001_a.pyc` and `0001_a.py` are one module. */
function moduleOf(name: string): string {
  return source.test(basename(name)) ? join(dirname(name), basename(name).split('.')[0] ?? '') : '';
}

function hasSource(name: string, sources: ReadonlySet<string>): boolean {
  const folder = basename(dirname(name)) === '__pycache__' ? dirname(dirname(name)) : dirname(name);
  return sources.has(join(folder, basename(name).split('.')[0] ?? ''));
}
