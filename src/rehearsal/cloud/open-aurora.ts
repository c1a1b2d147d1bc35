import { resolve } from 'node:path';
import { provideAurora } from '../../cloud/aurora/provide-aurora.ts';
import type { AuroraSettings } from '../../config/settings/aurora.ts';
import type { Throwaway } from '../../core/cloud.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import type { Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { openAddress } from '../../source/url.ts';
import { keepOpen } from '../source/open-live.ts';
import { auroraLabel } from './aurora-label.ts';
import { auroraWish } from './aurora-wish.ts';
import { checkPermission, type Permission } from './check-permission.ts';
import { openWay } from './open-place.ts';
import { rdsAccess } from './rds-wish.ts';
import { tunnelWish } from './tunnel-wish.ts';
import { untilPasswordHolds } from './until-password-holds.ts';

/**
 * Opens production on Aurora as a copy that nobody else uses: its cluster is cloned, or a snapshot of it restored, and read like a replica. Closing the source closes session and
 * tunnel, and deletes instance and cluster; it returns when they are gone. What could not be removed is told as an event.
 *
 * Fails with `cloud-not-permitted` before anything is made, and with what cloning, tunnels and connecting fail with; by then nothing is left.
 */
export async function openAurora(context: Context, settings: AuroraSettings, folder: string): Promise<Result<LiveSource>> {
  const permitted = checkPermission(context, auroraPermission(settings));
  if (!permitted.ok) return permitted;
  const provided = await provideAurora(context, auroraWish(settings, context.cloud));
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
export function auroraPermission({ allowChanges, account, cluster }: AuroraSettings): Permission {
  return { allowChanges, account, instance: cluster, setting: 'source.aurora.allowChanges' };
}

async function openThrowaway(context: Context, throwaway: Throwaway, settings: AuroraSettings, folder: string): Promise<Result<LiveSource>> {
  const { endpoint, user, password, database, dataAsOf, restoredFrom } = throwaway;
  const { tlsRootCertificate } = settings;
  const address: Address = {
    ...endpoint,
    database,
    user,
    password,
    ...(tlsRootCertificate === undefined ? { tls: 'require' } : { tls: 'verify-full', tlsRootCertificate: resolve(folder, tlsRootCertificate) }),
  };
  const way = await openWay(context, address, tunnelWish(settings.tunnel, rdsAccess(settings), folder), { passwordIsNew: true });
  if (!way.ok) return way;
  const label = `${auroraLabel(settings)}, ${restoredFrom}`;
  const logIn = () => openAddress(context, way.value.address, { kind: 'aurora', label, allowPrimary: true });
  const live = await untilPasswordHolds(context, logIn, settings.pollSeconds * 1000);
  return await keepOpen(live, way.value, live.ok ? { facts: { ...live.value.facts, dataAsOf } } : {});
}
