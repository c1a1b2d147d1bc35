import { provideThrowaway } from '../../cloud/rds/provide-throwaway.ts';
import type { RdsSettings } from '../../config/settings/rds.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import type { Result } from '../../core/result.ts';
import { checkPermission } from './check-permission.ts';
import { rdsLabel } from './rds-label.ts';
import { rdsAccess, rdsWish } from './rds-wish.ts';
import { readThrowaway } from './read-throwaway.ts';
import { tunnelWish } from './tunnel-wish.ts';

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
  return await readThrowaway(context, provided.value, {
    label: rdsLabel(settings),
    tunnel: tunnelWish(settings.tunnel, rdsAccess(settings), folder),
    tlsRootCertificate: settings.tlsRootCertificate,
    folder,
    passwordPauseMs: settings.pollSeconds * 1000,
  });
}
