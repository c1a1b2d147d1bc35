import { askForRemoval } from '../../cloud/remove-cloud-resource.ts';
import { removeTunnel } from '../../cloud/tunnel/remove-tunnel.ts';
import type { Failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource, ResourceKind } from '../../core/resource.ts';
import { ok, type Result } from '../../core/result.ts';
import { removeUpload } from '../../sync/objects/begun-uploads.ts';

/** What was done about something that an earlier command left. */
export interface Finished {
  readonly resource: Resource;
  /** `asked`: it goes, and `gc` waits for it. A failure: what stands in the way. */
  readonly is: 'gone' | 'asked' | Failure;
}

type Finisher = (context: Context, resource: Resource) => Promise<Result<boolean>>;

const atOnce =
  (remove: (context: Context, resource: Resource) => Promise<Result<void>>): Finisher =>
  async (context, resource) => {
    const removed = await remove(context, resource);
    return removed.ok ? ok(true) : removed;
  };

const finishers: Partial<Readonly<Record<ResourceKind, Finisher>>> = {
  throwaway: askForRemoval,
  snapshot: askForRemoval,
  tunnel: atOnce(removeTunnel),
  upload: atOnce(removeUpload),
};

/**
 * Has what killed commands of this machine left in clouds removed, as far as that goes without waiting. Asks nobody where the ledger shows nothing of the kind. Never fails: what
 * stands in the way is told of each.
 */
export async function finishLeft(context: Context): Promise<readonly Finished[]> {
  const { system } = context.edge;
  const finished: Finished[] = [];
  // What isn't gone at once is no failure here.
  const quiet: Context = { ...context, emit: () => {} };
  for (const resource of await context.ledger.list()) {
    const { kind, kept, owner } = resource;
    const finish = finishers[kind];
    if (finish === undefined || kept || owner.host !== system.host) continue;
    if ((await system.processStartedAt(owner.pid)) === owner.processStartedAt) continue;
    const removed = await finish(quiet, resource);
    // Another process does it, or goes on with it.
    if (!removed.ok && removed.failure.code === 'throwaway-in-use') continue;
    finished.push({ resource, is: !removed.ok ? removed.failure : removed.value ? 'gone' : 'asked' });
  }
  return finished;
}
