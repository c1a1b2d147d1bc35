import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { openAccount } from '../open-account.ts';
import { endSessions } from './ssm/sessions.ts';

/** The plugin tells the service at SIGINT that its session is over; ssh ends at any. */
const signals = ['SIGINT', 'SIGKILL'] as const;

/**
 * Ends what a tunnel of the ledger consists of, also after its maker was killed: its processes on this machine and its session in the cloud, then its line. Can be
 * called again and again. Says so as an event; fails with `cleanup-failed`.
 */
export async function removeTunnel(context: Context, resource: Resource): Promise<Result<void>> {
  const problem = await endAll(context, resource);
  if (problem === undefined) {
    await context.ledger.forget(resource.id);
    context.emit({ type: 'resource', what: 'removed', resource });
    return ok();
  }
  const cause = failure('cleanup-failed', `${resource.label} (${resource.id}) could not be removed: ${problem}`, { object: resource.id });
  context.emit({ type: 'resource', what: 'not-removed', resource, failure: cause });
  return fail(cause);
}

async function endAll(context: Context, resource: Resource): Promise<string | undefined> {
  const left = await endPrograms(context, resource);
  if (left.length > 0) return `process ${left.join(', ')} does not end`;
  // The line knows more than what was handed out when it was new.
  const { region, profile, account: owner } = (await context.ledger.list()).find(({ id }) => id === resource.id)?.facts ?? resource.facts;
  if (typeof region !== 'string') return undefined;
  const access = { region, ...(typeof profile === 'string' ? { profile } : {}) };
  const account = typeof owner === 'string' ? await openAccount(context, access, owner) : await context.edge.aws.connect(access);
  const ended = account.ok ? await endSessions(context, account.value, resource) : account;
  return ended.ok ? undefined : ended.failure.message;
}

/** Ends the programs of a tunnel. Gives the pids of those that stay. */
export async function endPrograms(
  { edge, ledger }: Pick<Context, 'edge' | 'ledger'>,
  { id, facts }: Pick<Resource, 'id' | 'facts'>,
): Promise<readonly number[]> {
  const left = await edge.system.endMarked(id, signals);
  const { pid, processStartedAt } = (await ledger.list()).find((line) => line.id === id)?.facts ?? facts;
  if (typeof pid !== 'number' || typeof processStartedAt !== 'string') return left;
  return (await edge.system.endProcess(pid, processStartedAt, signals)) ? left : [...new Set([...left, pid])];
}
