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

/** Makes what was left this process's own, so that nobody else goes on with it or removes it. Undefined: another process did so before, or it is gone. */
export async function takeOver(context: Context, { id }: Resource): Promise<Resource | undefined> {
  const before = await lineOf(context, id);
  if (before === undefined || (!before.kept && (await isOthers(context, before)))) return undefined;
  const { system } = context.edge;
  const owner = { pid: process.pid, processStartedAt: (await system.processStartedAt(process.pid)) ?? '', host: system.host };
  await context.ledger.amend(id, { owner });
  const line = await lineOf(context, id);
  return line?.owner.pid === owner.pid && line.owner.processStartedAt === owner.processStartedAt ? line : undefined;
}

/** Whether another process that runs is at work on it. */
async function isOthers({ edge: { system } }: Context, { owner }: Resource): Promise<boolean> {
  if (owner.pid === process.pid) return false;
  return owner.host === system.host && (await system.processStartedAt(owner.pid)) === owner.processStartedAt;
}

async function lineOf(context: Context, id: string): Promise<Resource | undefined> {
  return (await context.ledger.list()).find((line) => line.id === id);
}
