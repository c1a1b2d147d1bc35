import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { cloudRemovers } from './cloud-removers.ts';

/** What was done about something that an earlier command left. */
export interface Finished {
  readonly resource: Resource;
  /** False: its removal was asked for, or refused; `gc` waits for it, and tells why. */
  readonly isGone: boolean;
}

const kinds = ['throwaway', 'snapshot', 'tunnel'] as const;
type Kind = (typeof kinds)[number];

/**
 * Has what killed commands of this machine left in clouds removed, as far as that goes without waiting. Asks nobody where the ledger shows nothing of the kind. Never fails: `gc`
 * tells what stands in the way.
 */
export async function finishLeft(context: Context): Promise<readonly Finished[]> {
  const { system } = context.edge;
  const left: Resource[] = [];
  for (const line of await context.ledger.list()) {
    const { kind, kept, owner } = line;
    if (!kinds.includes(kind as Kind) || kept || owner.host !== system.host) continue;
    if ((await system.processStartedAt(owner.pid)) !== owner.processStartedAt) left.push(line);
  }
  const finished: Finished[] = [];
  // What isn't gone at once is no failure here.
  const quiet: Context = { ...context, emit: () => {} };
  const removers = cloudRemovers({ pollMs: 0, waitMs: 0 });
  for (const resource of left) {
    const removed = await removers[resource.kind as Kind](quiet, resource);
    finished.push({ resource, isGone: removed.ok });
  }
  return finished;
}
