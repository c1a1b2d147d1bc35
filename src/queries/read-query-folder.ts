import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { failure } from '../core/failure.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { splitStatements } from '../sql/split-statements.ts';
import type { FoundQueries } from './found-queries.ts';
import { namedParameters } from './named-parameters.ts';
import { queryOf, statementKind } from './preparable.ts';

/**
 * Reads the queries of all .sql files in a folder and its subfolders, by name. Fails with `queries-unreadable`.
 *
 * @param path of the folder
 * @param shown what places in it are told relative to
 */
export async function readQueryFolder(path: string, shown: string): Promise<Result<FoundQueries>> {
  const queries: FoundQueries['queries'][number][] = [];
  const others: Record<string, number> = {};
  let files: readonly string[];
  try {
    files = (await readdir(path, { recursive: true })).filter((name) => name.endsWith('.sql')).sort();
    for (const name of files) {
      const file = join(path, name);
      for (const { text, line, meta, unterminated } of splitStatements(await readFile(file, 'utf8'))) {
        const query = meta === true || unterminated !== undefined ? undefined : queryOf(text);
        if (query !== undefined) {
          queries.push({ text: namedParameters(query), from: `${relative(shown, file)}:${line}`, roles: [] });
          continue;
        }
        const kind = meta === true ? 'a command of psql' : unterminated !== undefined ? 'cut off' : statementKind(text);
        others[kind] = (others[kind] ?? 0) + 1;
      }
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return fail(failure('queries-unreadable', `The queries in ${path} can’t be read: ${error.message}`, { place: { file: path } }));
  }
  if (files.length === 0) return fail(failure('queries-unreadable', `${path} holds no .sql file.`, { place: { file: path } }));
  return ok({ queries, others, leftOut: [] });
}
