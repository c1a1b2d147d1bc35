import { provideAzure } from '../../cloud/azure/provide-azure.ts';
import type { AzureSettings } from '../../config/settings/azure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import type { Result } from '../../core/result.ts';
import { azureLabel } from './azure-label.ts';
import { azureWish } from './azure-wish.ts';
import { checkPermission } from './check-permission.ts';
import { readThrowaway } from './read-throwaway.ts';
import { tunnelWish } from './tunnel-wish.ts';

/**
 * Opens production on Azure as a copy that nobody else uses: a moment of it is restored to a server of our own, which is read like a replica. Closing the source closes session and
 * tunnel, and deletes the server; it returns when that one is gone. What could not be removed is told as an event.
 *
 * Fails with `cloud-not-permitted` before anything is made, and with what restoring, tunnels and connecting fail with; by then nothing is left.
 */
export async function openAzureSource(context: Context, settings: AzureSettings, folder: string): Promise<Result<LiveSource>> {
  const permitted = checkPermission(context, permissionOf(settings));
  if (!permitted.ok) return permitted;
  const provided = await provideAzure(context, azureWish(settings, context.cloud));
  if (!provided.ok) return provided;
  return await readThrowaway(context, provided.value, {
    label: azureLabel(settings),
    tunnel: tunnelWish(settings.tunnel, undefined, folder),
    tlsRootCertificate: settings.tlsRootCertificate,
    folder,
    passwordPauseMs: settings.pollSeconds * 1000,
  });
}

/** Whose word is asked for before anything is made. */
export function permissionOf({ allowChanges, subscription, server }: AzureSettings): Parameters<typeof checkPermission>[1] {
  return { allowChanges, account: subscription, instance: server, setting: 'source.azure.allowChanges' };
}
