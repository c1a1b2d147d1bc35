import { resolve } from 'node:path';
import { provideThrowaway } from '../../cloud/rds/provide-throwaway.ts';
import type { RdsSettings } from '../../config/settings/rds.ts';
import type { Throwaway } from '../../core/cloud.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import type { Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { openAddress } from '../../source/url.ts';
import { keepOpen } from '../source/open-live.ts';
import { checkPermission } from './check-permission.ts';
import { openWay } from './open-place.ts';
import { rdsLabel } from './rds-label.ts';
import { rdsAccess, rdsWish } from './rds-wish.ts';
import { tunnelWish } from './tunnel-wish.ts';
import { untilPasswordHolds } from './until-password-holds.ts';

/**
 * Opens production on RDS as a copy that nobody else uses: a snapshot is restored to a server of our own, which is read like a replica. Closing the source closes
 * session and tunnel, and deletes the server; it returns when that one is gone. What could not be removed is told as an event.
 *
 * Fails with `cloud-not-permitted` before anything is made, and with what restoring, tunnels and connecting fail with; by then nothing is left.
 */
export async function openRds(context: Context, settings: RdsSettings, folder: string): Promise<Result<LiveSource>> {
  const permitted = checkPermission(context, settings);
  if (!permitted.ok) return permitted;
  const provided = await provideThrowaway(context, rdsWish(settings, context.cloud));
  if (!provided.ok) return provided;
  const throwaway = provided.value;
  context.hide?.(throwaway.password);
  const opened = await openThrowaway(context, throwaway, settings, folder).catch(async (error: unknown) => {
    await throwaway[Symbol.asyncDispose]();
    throw error;
  });
  return await keepOpen(opened, throwaway, { unchanging: true });
}

async function openThrowaway(context: Context, throwaway: Throwaway, settings: RdsSettings, folder: string): Promise<Result<LiveSource>> {
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
  const label = `${rdsLabel(settings)}, ${restoredFrom}`;
  const logIn = () => openAddress(context, way.value.address, { kind: 'rds', label, allowPrimary: true });
  const live = await untilPasswordHolds(context, logIn, settings.pollSeconds * 1000);
  return await keepOpen(live, way.value, live.ok ? { facts: { ...live.value.facts, dataAsOf } } : {});
}
