import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a detector may look at. Paths are relative to the project, with forward slashes, sorted. */
export interface ProjectFiles {
  readonly paths: readonly string[];
  /** The text of a file; empty where it doesn't exist. */
  read(path: string): string;
}

const skipped = new Set(['node_modules', 'dist', 'build', 'target', 'vendor', 'venv', '__pycache__', 'coverage']);
const deepest = 5;
const mostFiles = 20_000;
/** Files whose text tells which tool is at work. Others are only looked at by name. */
const telling =
  /(^|\/)(package\.json|Cargo\.toml|go\.mod|pyproject\.toml|requirements[^/]*\.txt|alembic\.ini|sqitch\.conf|(diesel|sqlx)\.toml|flyway\.(toml|conf)|Gemfile|(drizzle\.config|knexfile)\.[cm]?[jt]s|project\.clj|deps\.edn|[^/]+\.sql)$/;
/** Enough to see a tool's marks at a file's head. */
const headBytes = 16_384;

/**
 * Lists a project five folders deep, without dependencies and build output, and reads the files that tell about migrations.
 *
 * @param folder absolute path
 */
export async function listProjectFiles(folder: string): Promise<ProjectFiles> {
  const paths: string[] = [];
  const walk = async (inside: string, depth: number): Promise<void> => {
    const entries = await readdir(join(folder, inside), { withFileTypes: true }).catch((): Dirent[] => []);
    for (const entry of entries.toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
      if (paths.length >= mostFiles) return;
      const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
      if (entry.isFile()) paths.push(path);
      else if (entry.isDirectory() && depth < deepest && !entry.name.startsWith('.') && !skipped.has(entry.name)) await walk(path, depth + 1);
    }
  };
  await walk('', 1);
  const texts = new Map<string, string>();
  for (const path of paths.filter((name) => telling.test(name))) {
    const bytes = await readFile(join(folder, path)).catch(() => Buffer.alloc(0));
    texts.set(path, bytes.subarray(0, headBytes).toString('utf8'));
  }
  return { paths, read: (path) => texts.get(path) ?? '' };
}
