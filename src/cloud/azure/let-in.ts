import type { AzureFirewallRule } from '../../core/azure.ts';
import { cloudFailure } from '../../core/cloud-failure.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Attempt } from './attempt.ts';
import { azureServer } from './server.ts';
import { change } from './wait-for-operation.ts';

/**
 * Has a restored server with a public address let in those that are configured, and nobody else: whatever rules it came with are deleted. Fails with `cloud-network` where others
 * stay, since production's data would be open to whom they name.
 */
export async function letIn(context: Context, { account, wish }: Pick<Attempt, 'account' | 'wish'>, identifier: string): Promise<Result<void>> {
  const thing = azureServer(account, identifier);
  const wait = { ...wish, doing: `letting in ${wish.allowFrom.join(', ')} to ${identifier}` };
  const readStrange = async (): Promise<Result<readonly AzureFirewallRule[]>> => {
    try {
      const rules = await account.call('FirewallRules_ListByServer', { server: identifier }, context.signal);
      return ok(rules.filter(({ startIpAddress: from, endIpAddress: to }) => from === undefined || from !== to || !wish.allowFrom.includes(from)));
    } catch (error) {
      return fail(cloudFailure(error, wait.doing));
    }
  };
  const strange = await readStrange();
  if (!strange.ok) return strange;
  for (const { name: rule = '' } of strange.value) {
    const deleted = await change(context, wait, thing, () => account.call('FirewallRules_Delete', { server: identifier, rule }, context.signal));
    if (!deleted.ok) return deleted;
  }
  for (const [at, address] of wish.allowFrom.entries()) {
    context.emit({ type: 'step', phase: 'provision', text: `Letting in ${address} to ${identifier}` });
    const input = { server: identifier, rule: `pgrehearse-${at + 1}`, startIpAddress: address, endIpAddress: address };
    const changed = await change(context, wait, thing, () => account.call('FirewallRules_CreateOrUpdate', input, context.signal));
    if (!changed.ok) return changed;
  }
  const still = await readStrange();
  if (!still.ok || still.value.length === 0) return still.ok ? ok() : still;
  const named = still.value.map(({ name, startIpAddress, endIpAddress }) => `${name} (${startIpAddress} to ${endIpAddress})`).join(', ');
  const cure = 'Find out which policy of the subscription adds them.';
  return fail(failure('cloud-network', `${identifier} has firewall rules that aren’t ours: ${named}`, { object: identifier, cure }));
}
