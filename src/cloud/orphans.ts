import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';

/** What runs of this machine left in a cloud for this production: their process is gone, and it was not to be kept. Oldest first. */
export async function orphansOf(context: Context, source: string): Promise<readonly Resource[]> {
  const { system } = context.edge;
  const orphans: Resource[] = [];
  for (const line of await context.ledger.list()) {
    const { kind, facts, kept, owner } = line;
    if ((kind !== 'throwaway' && kind !== 'snapshot') || facts.source !== source || kept || owner.host !== system.host) continue;
    if ((await system.processStartedAt(owner.pid)) !== owner.processStartedAt) orphans.push(line);
  }
  return orphans;
}
