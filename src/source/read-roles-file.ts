import { readFile } from 'node:fs/promises';
import { failure } from '../core/failure.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { splitStatements } from '../sql/split-statements.ts';
import { hasDumpTrailer, readDumpHead } from './dump-head.ts';
import { RoleReader } from './role-reader.ts';

/** Reads `pg_dumpall --roles-only --no-role-passwords`; other statements (settings of the session, databases) are passed over. */
export async function readRolesFile(path: string): Promise<Result<RoleReader>> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return fail(failure('dump-not-found', `There is no roles file ${path}.`, { place: { file: path } }));
  if (readDumpHead(text).madeBy !== 'none' && !hasDumpTrailer(text)) {
    return fail(failure('dump-damaged', `The roles file ${path} lacks the line that pg_dumpall writes last: it was cut off.`, { place: { file: path } }));
  }
  const reader = new RoleReader();
  for (const statement of splitStatements(text)) {
    if (statement.unterminated !== undefined) {
      return fail(failure('dump-damaged', `The roles file ${path} ends in the middle of a statement.`, { place: { file: path, line: statement.line } }));
    }
    if (statement.meta !== true) reader.take(statement.text);
  }
  if (reader.roles.length > 0) return ok(reader);
  return fail(
    failure('dump-refused', `${path} names no role.`, { cure: 'Make it with `pg_dumpall --roles-only --no-role-passwords`.', place: { file: path } }),
  );
}
