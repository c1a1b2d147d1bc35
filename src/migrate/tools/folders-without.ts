import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Failure, failure } from '../../core/failure.ts';

/**
 * Folders of migrations in which the script is missing, also empty ones: a tool that takes every folder for a migration stops at them. Those with a dot before their name are left
 * out. None where the folder itself isn’t there.
 *
 * @param script such as `migration.sql`
 */
export async function foldersWithout(projectFolder: string, folder: string, script: string, tool: string): Promise<readonly Failure[]> {
  const root = join(projectFolder, folder);
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
  const problems: Failure[] = [];
  for (const name of names.sort()) {
    const inside = await readdir(join(root, name)).catch((): string[] => []);
    if (inside.includes(script)) continue;
    const file = `${folder}/${name}`;
    const message = `${file} is a folder without ${script}: ${tool} stops at it`;
    problems.push(failure('migration-format', message, { object: file, place: { file }, cure: `Add ${script}, or remove the folder.` }));
  }
  return problems;
}
