import { resolve } from 'node:path';
import { provideAzure } from '../../cloud/azure/provide-azure.ts';
import type { AzureSettings } from '../../config/settings/azure.ts';
import type { Throwaway } from '../../core/cloud.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import type { Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { openAddress } from '../../source/url.ts';
import { keepOpen } from '../source/open-live.ts';
import { azureLabel } from './azure-label.ts';
import { azureWish } from './azure-wish.ts';
import { checkPermission } from './check-permission.ts';
import { openWay } from './open-place.ts';
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
  const throwaway = provided.value;
  context.hide?.(throwaway.password);
  const opened = await openThrowaway(context, throwaway, settings, folder).catch(async (error: unknown) => {
    await throwaway[Symbol.asyncDispose]();
    throw error;
  });
  return await keepOpen(opened, throwaway, { unchanging: true });
}

/** Whose word is asked for before anything is made. */
export function permissionOf({ allowChanges, subscription, server }: AzureSettings): Parameters<typeof checkPermission>[1] {
  return { allowChanges, account: subscription, instance: server, setting: 'source.azure.allowChanges' };
}

async function openThrowaway(context: Context, throwaway: Throwaway, settings: AzureSettings, folder: string): Promise<Result<LiveSource>> {
  const { endpoint, user, password, database, dataAsOf, restoredFrom } = throwaway;
  const { tlsRootCertificate } = settings;
  const address: Address = {
    ...endpoint,
    database,
    user,
    password,
    ...(tlsRootCertificate === undefined ? { tls: 'require' } : { tls: 'verify-full', tlsRootCertificate: resolve(folder, tlsRootCertificate) }),
  };
  const way = await openWay(context, address, tunnelWish(settings.tunnel, undefined, folder));
  if (!way.ok) return way;
  const label = `${azureLabel(settings)}, ${restoredFrom}`;
  const live = await openAddress(context, way.value.address, { kind: 'azure', label, allowPrimary: true });
  return await keepOpen(live, way.value, live.ok ? { facts: { ...live.value.facts, dataAsOf } } : {});
}
