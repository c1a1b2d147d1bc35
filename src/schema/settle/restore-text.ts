import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import { splitStatements } from '../../sql/split-statements.ts';

/** How many statements are sent at once; when one fails, its batch is repeated one by one. */
const batchSize = 200;
/** Only what pg_dump writes for a schema is run: a dump is a text, and a text may hold anything. */
const runnable = /^(CREATE|ALTER|COMMENT|GRANT|REVOKE|SET|RESET|SECURITY LABEL|SELECT pg_catalog\.set_config)\b/;
/** What reaches beyond the scratch database, or may hold a password. */
const refused =
  /^((CREATE|ALTER|COMMENT ON|SECURITY LABEL FOR \S+ ON) (DATABASE|ROLE|USER|GROUP|SYSTEM|TABLESPACE|SUBSCRIPTION)|(GRANT|REVOKE) .* ON (DATABASE|TABLESPACE))\b/s;

/**
 * Restores a schema's text into a scratch database, in the order of the dump. What fails is told and left out.
 * Roles that don't exist are made by `makeRole`: without login, without rights.
 *
 * @returns the statements that were not restored
 */
export async function restoreText(
  text: string,
  session: Session,
  makeRole: (name: string) => Promise<void>,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const failed = new Set<string>();
  const statements = splitStatements(text)
    .filter((statement) => statement.meta === undefined)
    .map((statement) => statement.text);
  // Event triggers of the schema itself must not fire while the rest of it is restored, and messages are read below.
  await session.execute(`set session_replication_role = replica; set lc_messages = 'C'`);
  const wanted = statements.filter((statement) => {
    const runs = runnable.test(statement) && !refused.test(statement);
    if (!runs) failed.add(statement);
    return runs;
  });
  for (let from = 0; from < wanted.length; from += batchSize) {
    signal.throwIfAborted();
    const batch = wanted.slice(from, from + batchSize);
    if ((await tryAll(batch.join(';\n'), session, makeRole)) === undefined) continue;
    for (const statement of batch) {
      if ((await tryAll(statement, session, makeRole)) !== undefined) failed.add(statement);
    }
  }
  return failed;
}

/** Runs text, making each role that it misses; the error that remains. Throws when the connection is lost. */
async function tryAll(text: string, session: Session, makeRole: (name: string) => Promise<void>): Promise<SqlError | undefined> {
  let made = '';
  for (;;) {
    try {
      await session.execute(text);
      return undefined;
    } catch (error) {
      if (!(error instanceof SqlError) || error.fields.sqlstate.startsWith('08') || error.fields.sqlstate.startsWith('57')) throw error;
      const role = /^role "(.*)" does not exist$/.exec(error.fields.message)?.[1];
      if (role === undefined || role === made) return error;
      made = role;
      await makeRole(quoteIdentifier(role));
    }
  }
}
