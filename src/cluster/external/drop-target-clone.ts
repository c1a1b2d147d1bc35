import type { Context, Session } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { ok, type Result } from '../../core/result.ts';
import { showSession, whoIsIn } from './database-sessions.ts';
import { onTargetOf } from './find-target.ts';
import { databasesOf, removeTargetDatabase } from './remove-database.ts';

/** Removes a clone, ending the sessions in it, each of them told. */
export async function dropTargetClone(context: Context, resource: Resource): Promise<Result<void>> {
  // Who is in it is only for the person to know: where it can't be told, its removal says why.
  await onTargetOf(context, resource, async (session) => {
    const found = await databasesOf(session, resource);
    for (const database of found.ok ? (found.value ?? []) : []) await tellSessions(context, session, database);
    return ok();
  });
  return await removeTargetDatabase(context, resource);
}

/** Says who is going to be cut off. Throws SqlError. */
export async function tellSessions(context: Context, session: Session, database: string): Promise<void> {
  const text = (await whoIsIn(session, database)).map(showSession);
  for (const who of text) context.emit({ type: 'step', phase: 'provision', text: `Ending the session of ${who} in ${database}` });
}
