import { provideAurora } from '../../cloud/aurora/provide-aurora.ts';
import { setAside } from '../../cloud/aurora/set-aside.ts';
import type { AuroraSettings } from '../../config/settings/aurora.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { auroraLabel } from './aurora-label.ts';
import { auroraWish } from './aurora-wish.ts';
import { checkPermission, type Permission } from './check-permission.ts';
import { rdsAccess } from './rds-wish.ts';
import { readThrowaway, type ThrowawayReading } from './read-throwaway.ts';
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
  return provided.ok ? await readThrowaway(context, provided.value, readingOf(settings, folder)) : provided;
}

/** A cluster of ours as it was at one instant, which nobody can reach until it is opened. */
export interface AsideSource extends AsyncDisposable {
  readonly identifier: string;
  /**
   * Makes its instance, and reads it: once. It goes when the source is closed, or when opening fails.
   *
   * @param beforeReading done when it is up, and nobody has logged in yet
   */
  open(beforeReading: (identifier: string) => Promise<void>): Promise<Result<LiveSource>>;
}

/** Clones a cluster of ours by copy-on-write, for later. Whoever made that one was permitted to. Fails with what cloning fails with; by then nothing of it is left. */
export async function setAuroraAside(context: Context, settings: AuroraSettings, folder: string, copyOf: string): Promise<Result<AsideSource>> {
  const aside = await setAside(context, auroraWish(settings, context.cloud), copyOf);
  if (!aside.ok) return aside;
  return ok({
    identifier: aside.value.identifier,
    [Symbol.asyncDispose]: () => aside.value[Symbol.asyncDispose](),
    async open(beforeReading) {
      const served = await aside.value.serve();
      if (!served.ok) return served;
      await beforeReading(served.value.identifier);
      return await readThrowaway(context, served.value, readingOf(settings, folder));
    },
  });
}

function readingOf(settings: AuroraSettings, folder: string): ThrowawayReading {
  return {
    label: auroraLabel(settings),
    tunnel: tunnelWish(settings.tunnel, rdsAccess(settings), folder),
    tlsRootCertificate: settings.tlsRootCertificate,
    folder,
    passwordPauseMs: settings.pollSeconds * 1000,
  };
}

/** Whose word is asked for before anything is made. */
export function auroraPermission({ allowChanges, account, cluster }: AuroraSettings): Permission {
  return { allowChanges, account, instance: cluster, setting: 'source.aurora.allowChanges' };
}
