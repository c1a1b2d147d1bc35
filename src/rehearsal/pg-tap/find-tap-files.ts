import { glob, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';

export interface TapFiles {
  /** Relative to the project, each once, in order. */
  readonly files: readonly string[];
  /** Entries of the settings that name nothing. */
  readonly empty: readonly string[];
}

/** The test files that the settings name: files, folders, or patterns. */
export async function findTapFiles(project: string, entries: readonly string[]): Promise<TapFiles> {
  const files = new Set<string>();
  const empty: string[] = [];
  for (const entry of entries) {
    const isFolder = await stat(resolve(project, entry)).then(
      (found) => found.isDirectory(),
      () => false,
    );
    const pattern = isFolder ? join(entry, '**/*.{sql,pg}') : entry;
    const found: string[] = [];
    for await (const path of glob(pattern, { cwd: project })) found.push(relative(project, resolve(project, path)).replaceAll('\\', '/'));
    if (found.length === 0) empty.push(entry);
    for (const path of found.toSorted()) files.add(path);
  }
  return { files: [...files], empty };
}
