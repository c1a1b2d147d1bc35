import { failure, SqlError } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';
import { readDatabase, showSession, whoIsIn } from './database-sessions.ts';
import { stampOf } from './make-database.ts';
import type { TargetImage } from './target-image.ts';

/** An image that somebody opened again, or is in, may not be production's copy any more. */
export async function isUntouched(session: Session, image: TargetImage): Promise<Result<void>> {
  const database = await readDatabase(session, image.database);
  const cure = 'Drop the clones that were made of it and load the dump again.';
  if (database === undefined) {
    return fail(failure('image-failed', `the database ${image.database} of ${image.label} is gone from its server`, { object: image.id, cure }));
  }
  if (database.connectable) {
    const inside = (await whoIsIn(session, image.database)).map(showSession);
    const who = inside.length === 0 ? '' : `, and ${inside.join('; ')} ${inside.length === 1 ? 'is' : 'are'} in it`;
    const message = `connections to ${image.database}, the database of ${image.label}, were allowed again${who}: what it holds may have been changed`;
    return fail(failure('image-failed', message, { object: image.id, cure }));
  }
  return ok();
}

/**
 * Renames a new clone's database, which is still called as its stamp is. From the moment at which it has the name, the stamp says which database it is.
 * Fails with `database-name-taken`; throws SqlError.
 */
export async function giveName(context: Context, session: Session, resource: Resource, from: string, to: string): Promise<Result<void>> {
  const database = await readDatabase(session, from);
  if (database === undefined) throw new Error(`${from} was just made and isn't there`);
  const stamp = quoteLiteral(stampOf(context, resource, database.oid));
  try {
    await session.execute(`alter database ${quoteIdentifier(from)} rename to ${quoteIdentifier(to)}; comment on role ${quoteIdentifier(from)} is ${stamp}`);
    return ok();
  } catch (error) {
    if (error instanceof SqlError && error.fields.sqlstate === '42P04') return fail(nameTaken(to));
    throw error;
  }
}

export function nameTaken(name: string) {
  return failure('database-name-taken', `there is a database ${name} on the target server already`, { object: name });
}

/** What Postgres says of a full disk is a matter of the disk. */
export function withCause<T>(failed: Result<T>): Result<never> {
  if (failed.ok) throw new Error('nothing failed');
  const { sql } = failed.failure;
  if (sql?.sqlstate !== '53100') return failed;
  return fail(failure('disk-short', `The target server has no room for the copy: ${sql.message}.`, { sql, cure: 'Free space on that server and run again.' }));
}
