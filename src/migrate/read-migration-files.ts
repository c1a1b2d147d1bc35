import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { type Failure, failure } from '../core/failure.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { MigrationFile } from './migration-file.ts';

/** Which files of a folder are read. */
export interface WhichFiles {
  /** Matched against a file's name; whatever could be a migration of any tool unless given. */
  readonly names?: RegExp;
  /** Levels of sub-folders; 1 unless given. */
  readonly depth?: number;
}

/**
 * The folder as it is on disk: every file that could be a migration, sorted by path. Files and folders whose names begin with a dot are left out.
 *
 * Fails with `migration-folder-missing` and `migration-format`, for what isn't UTF-8.
 */
export async function readMigrationFiles(projectFolder: string, folder: string, which: WhichFiles = {}): Promise<Result<readonly MigrationFile[]>> {
  const root = join(projectFolder, folder);
  const listed = await listPaths(root, which);
  if (listed === undefined) {
    return fail(
      failure('migration-folder-missing', `the migration folder ${folder} does not exist in ${projectFolder}`, { object: folder, place: { file: folder } }),
    );
  }
  const { paths, linked } = listed;
  const files: MigrationFile[] = [];
  const problems = linked.map((path): Failure => {
    const file = relative(projectFolder, join(root, path)).split(sep).join('/');
    const cure = 'Put the folder itself there: some tools follow links and some pass over them in silence.';
    return failure('migration-format', `${file} is a link to a folder with migrations`, { object: file, place: { file }, cure });
  });
  for (const path of paths) {
    const file = relative(projectFolder, join(root, path)).split(sep).join('/');
    const bytes = await readFile(join(root, path)).catch((error: NodeJS.ErrnoException) => error);
    if (!Buffer.isBuffer(bytes)) {
      const cure = 'Give yourself the right to read it, or remove a link that leads nowhere.';
      problems.push(failure('migration-format', `${file} can’t be read: ${bytes.message}`, { object: file, place: { file }, cure }));
      continue;
    }
    const text = decode(bytes);
    if (text === undefined) {
      problems.push(
        failure('migration-format', `${file} is not UTF-8 text`, { object: file, place: { file }, cure: 'Save the file as UTF-8, without NUL characters.' }),
      );
    } else files.push({ path, file, text, sha256: createHash('sha256').update(bytes).digest('hex') });
  }
  const [first] = problems;
  if (first !== undefined) return fail(problems.length === 1 ? first : { ...first, message: `${problems.length} files can’t be read`, problems });
  return ok(files);
}

/** Text files only: a picture or an archive in the folder is nobody's migration. */
const kinds = /\.([sS][qQ][lL]|go|py|ts|js|mjs|cjs|rb|php|java|kt|ex|exs|rs)$/;

/** What is read, and links to folders that hold what would be read; undefined where there is no such folder. */
interface Listed {
  readonly paths: readonly string[];
  readonly linked: readonly string[];
}

async function listPaths(root: string, { names = kinds, depth = 1 }: WhichFiles): Promise<Listed | undefined> {
  const paths: string[] = [];
  const linked: string[] = [];
  const walk = async (inside: string, level: number): Promise<void> => {
    for (const entry of await readdir(join(root, inside), { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
      if (entry.isDirectory()) {
        if (level < depth) await walk(path, level + 1);
      } else if (entry.isSymbolicLink() && level < depth && (await holdsFiles(join(root, path), names))) linked.push(path);
      else if ((entry.isFile() || entry.isSymbolicLink()) && names.test(entry.name)) paths.push(path);
    }
  };
  try {
    await walk('', 0);
    return { paths: paths.sort(), linked: linked.sort() };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Of a link to a file, or to nothing: no. */
async function holdsFiles(folder: string, names: RegExp): Promise<boolean> {
  const inside = await readdir(folder).catch(() => []);
  return inside.some((name) => names.test(name));
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
