import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { quoteLiteral } from '../../sql/quote.ts';
import { readDatabase } from './database-sessions.ts';
import { tellSessions } from './drop-target-clone.ts';
import { giveName, isUntouched, nameTaken, withCause } from './fill-clone.ts';
import { onTargetOf } from './find-target.ts';
import { createFromTemplate } from './make-database.ts';
import { databasesOf, dropDatabases, endMakers, stampName } from './remove-database.ts';
import type { TargetClone, TargetCloneOptions } from './target-clone.ts';
import type { TargetImage } from './target-image.ts';
import { targetAccess } from './target-login.ts';
import { onTarget } from './target-server.ts';

type Dress = TargetCloneOptions['dress'];

/**
 * Throws a clone's database away and copies the image anew, under the same name. Sessions in it are ended, each of them told. There is no room for two of
 * them to be had, so that a failure may leave none: the clone is then not there until a later reset succeeds, and the failure says so.
 *
 * Fails with `image-failed`, `target-not-ours`, `target-unreachable`, `target-failed`, `disk-short`.
 */
export async function resetTargetClone(context: Context, resource: Resource, image: TargetImage, dress: Dress): Promise<Result<TargetClone>> {
  const temporary = stampName(resource);
  const name = String(resource.facts.database);
  let begun = false;
  const made = await onTargetOf(context, resource, async (session) => {
    const untouched = await isUntouched(session, image);
    if (!untouched.ok) return untouched;
    // Should we be killed meanwhile, the server's own work is found by this.
    await session.execute(`set application_name = ${quoteLiteral(`${temporary} reset`)}`);
    await endMakers(session, temporary);
    const found = await databasesOf(session, resource);
    if (!found.ok) return found;
    if (found.value === undefined) return fail(failure('target-not-ours', `the stamp of ${resource.label} is gone from its server`, { object: resource.id }));
    const stranger = name === temporary || found.value.includes(name) ? undefined : await readDatabase(session, name);
    if (stranger !== undefined) return fail(nameTaken(name));
    for (const database of found.value) await tellSessions(context, session, database);
    begun = true;
    await dropDatabases(context, session, found.value);
    await session.execute(`set application_name = ${quoteLiteral(temporary)}`);
    await createFromTemplate(session, temporary, image.database);
    return ok(session.address);
  });
  const done = made.ok ? await finishReset(context, resource, made.value, dress) : withCause(made);
  if (done.ok || !begun) return done;
  const message = `${done.failure.message} The clone ${resource.label} is not there until \`pgrehearse reset ${resource.label}\` succeeds.`;
  return fail({ ...done.failure, message });
}

async function finishReset(context: Context, resource: Resource, address: Address, dress: Dress): Promise<Result<TargetClone>> {
  const temporary = stampName(resource);
  const name = String(resource.facts.database);
  const dressed = await dress({ ...address, database: temporary });
  if (!dressed.ok) return dressed;
  if (name !== temporary) {
    const named = await onTarget(context, address, async (session) => await giveName(context, session, resource, temporary, name));
    if (!named.ok) return named;
  }
  const access = await targetAccess(context, resource);
  return access.ok ? ok({ id: resource.id, label: resource.label, ...access.value }) : access;
}
