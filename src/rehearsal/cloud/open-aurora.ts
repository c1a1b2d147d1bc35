import { provideAurora } from '../../cloud/aurora/provide-aurora.ts';
import type { AuroraSettings } from '../../config/settings/aurora.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import type { Result } from '../../core/result.ts';
import { auroraLabel } from './aurora-label.ts';
import { auroraWish } from './aurora-wish.ts';
import { checkPermission, type Permission } from './check-permission.ts';
import { rdsAccess } from './rds-wish.ts';
import { readThrowaway } from './read-throwaway.ts';
import { tunnelWish } from './tunnel-wish.ts';

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
  return await readThrowaway(context, provided.value, {
    label: auroraLabel(settings),
    tunnel: tunnelWish(settings.tunnel, rdsAccess(settings), folder),
    tlsRootCertificate: settings.tlsRootCertificate,
    folder,
    passwordPauseMs: settings.pollSeconds * 1000,
  });
}

/** Whose word is asked for before anything is made. */
export function auroraPermission({ allowChanges, account, cluster }: AuroraSettings): Permission {
  return { allowChanges, account, instance: cluster, setting: 'source.aurora.allowChanges' };
}
