import { join } from 'node:path';
import { ok, type Result } from '../core/result.ts';
import type { NamedQueries } from './gather-queries.ts';
import { readQueryFolder } from './read-query-folder.ts';
import { readQueryLog } from './read-query-log.ts';

/**
 * Reads the queries of the folder and the log that the team configured. Fails with `queries-unreadable`.
 *
 * @param project the folder that both are relative to
 * @param database production's own
 */
export async function readQueryFiles(
  { folder, log }: { readonly folder?: string | undefined; readonly log?: string | undefined },
  project: string,
  database: string | undefined,
): Promise<Result<readonly NamedQueries[]>> {
  const found: NamedQueries[] = [];
  if (folder !== undefined) {
    const read = await readQueryFolder(join(project, folder), project);
    if (!read.ok) return read;
    found.push({ name: folder, ...read.value });
  }
  if (log !== undefined) {
    const read = await readQueryLog(join(project, log), log, database);
    if (!read.ok) return read;
    found.push({ name: log, ...read.value });
  }
  return ok(found);
}
