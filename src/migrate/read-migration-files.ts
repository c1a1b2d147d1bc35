import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { type Failure, failure } from '../core/failure.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { MigrationFile } from './migration-file.ts';

/** The folder as it is on disk, one level of sub-folders deep: every file that could be a migration, sorted by path. */
export async function readMigrationFiles(projectFolder: string, folder: string): Promise<Result<readonly MigrationFile[]>> {
  const root = join(projectFolder, folder);
  const paths = await listPaths(root);
  if (paths === undefined) {
    return fail(
      failure('migration-folder-missing', `the migration folder ${folder} does not exist in ${projectFolder}`, { object: folder, place: { file: folder } }),
    );
  }
  const files: MigrationFile[] = [];
  const problems: Failure[] = [];
  for (const path of paths) {
    const bytes = await readFile(join(root, path));
    const file = relative(projectFolder, join(root, path)).split(sep).join('/');
    const text = decode(bytes);
    if (text === undefined) {
      problems.push(
        failure('migration-format', `${file} is not UTF-8 text`, { object: file, place: { file }, cure: 'Save the file as UTF-8, without NUL characters.' }),
      );
    } else files.push({ path, file, text, sha256: createHash('sha256').update(bytes).digest('hex') });
  }
  const [first] = problems;
  if (first !== undefined) return fail(problems.length === 1 ? first : { ...first, message: `${problems.length} files are not UTF-8 text`, problems });
  return ok(files);
}

/** Text files only: a picture or an archive in the folder is nobody's migration. */
const kinds = /\.(sql|go|py|ts|js|mjs|cjs|rb|php|java|kt|ex|exs|rs)$/;

async function listPaths(root: string): Promise<readonly string[] | undefined> {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    const paths: string[] = [];
    for (const entry of entries) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      if (entry.isDirectory()) {
        const inner = await readdir(join(root, entry.name), { withFileTypes: true });
        for (const file of inner) if (file.isFile() && kinds.test(file.name)) paths.push(`${entry.name}/${file.name}`);
      } else if (kinds.test(entry.name)) paths.push(entry.name);
    }
    return paths.sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
