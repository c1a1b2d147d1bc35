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

/** Makes what was left this process's own. Undefined: another process did so at the same time, or removed it. */
export async function takeOver(context: Context, { id }: Resource): Promise<Resource | undefined> {
  const { system } = context.edge;
  const owner = { pid: process.pid, processStartedAt: (await system.processStartedAt(process.pid)) ?? '', host: system.host };
  const isThere = async () => (await context.ledger.list()).find((line) => line.id === id);
  if ((await isThere()) === undefined) return undefined;
  await context.ledger.amend(id, { owner });
  const line = await isThere();
  return line?.owner.pid === owner.pid && line.owner.processStartedAt === owner.processStartedAt ? line : undefined;
}
