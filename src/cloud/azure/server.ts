import type { AzureAccount, AzureServer } from '../../core/azure.ts';
import type { CloudThing } from '../cloud-thing.ts';
import { unlessGone } from '../unless-gone.ts';
import { serverStates } from './server-states.ts';

/** A Flexible Server of ours, by its name. */
export function azureServer(account: AzureAccount, identifier: string): CloudThing {
  return {
    label: `server ${identifier}`,
    states: serverStates,
    async look(signal) {
      const found = await describeServer(account, identifier, signal);
      return found === undefined ? undefined : { status: found.state ?? 'unknown', tags: found.tags ?? {}, isProtected: false, isSettled: true };
    },
    async delete() {
      await account.call('Servers_Delete', { server: identifier });
    },
  };
}

/**
 * Undefined: there is none of this name in the resource group, or no such group any more, whose end is that of all that was in it. A subscription that can't be seen is an error, and so
 * is a server that these credentials mayn't see. Throws CloudError.
 */
export async function describeServer(account: AzureAccount, server: string, signal?: AbortSignal): Promise<AzureServer | undefined> {
  return await account.call('Servers_Get', { server }, signal).catch(unlessGone('ResourceNotFound')).catch(unlessGone('ResourceGroupNotFound'));
}

/** All of the resource group. Throws CloudError. */
export async function listServers(account: AzureAccount, signal?: AbortSignal): Promise<readonly AzureServer[]> {
  return await account.call('Servers_ListByResourceGroup', {}, signal);
}
