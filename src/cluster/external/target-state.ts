import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { ok } from '../../core/result.ts';
import { onTargetOf } from './find-target.ts';
import { databasesOf } from './remove-database.ts';

/** A list must not wait long for a server that is away. */
const patienceMs = 3_000;

/** Whether a clone's database is where it was made; asks that server. One that has our name without our stamp is not it. */
export async function targetState(context: Context, resource: Resource): Promise<'running' | 'gone' | 'unreachable'> {
  const answer = await onTargetOf(
    context,
    resource,
    async (session) => {
      const found = await databasesOf(session, resource);
      return ok(found.ok && found.value?.includes(String(resource.facts.database)) === true);
    },
    patienceMs,
  );
  return answer.ok ? (answer.value ? 'running' : 'gone') : answer.failure.code === 'target-not-ours' ? 'gone' : 'unreachable';
}
