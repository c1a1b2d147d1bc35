import { type ExternalHost, makeExternalHost } from '../cluster/external/external-host.ts';
import type { Settings } from '../config/schema.ts';
import type { OpenSource } from '../core/open-source.ts';
import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import { fitsSource, type ReservedTarget, reserveTarget } from './external-host.ts';
import { type ServerTarget, serverOf } from './in-place/is-in-place.ts';

/** A configuration that names a server for clones. */
export type TargetedSettings = Settings & { readonly target: ServerTarget };

export function isTargeted(settings: Settings | undefined): settings is TargetedSettings {
  return settings !== undefined && serverOf(settings) !== undefined;
}

/** Reserves the configured server for as long as the stack isn't left. */
export async function reserveFor(context: Context, stack: AsyncDisposableStack, settings: TargetedSettings): Promise<Result<ReservedTarget>> {
  const holder = { hide: () => {}, closeAtEnd: (open: AsyncDisposable) => void stack.use(open) };
  return await reserveTarget(context, holder, settings.target);
}

/**
 * Makes the reserved server the home of copies of this source that are kept. Roles that are made there are removed when the stack is left, unless
 * `leaveRoles` was called.
 */
export async function targetHome(
  context: Context,
  stack: AsyncDisposableStack,
  { server, rules }: ReservedTarget,
  settings: TargetedSettings,
  source: OpenSource,
): Promise<Result<ExternalHost>> {
  const fits = await fitsSource(context, server, settings, source);
  if (!fits.ok) return fits;
  const host = makeExternalHost(server, rules);
  stack.defer(async () => {
    // What stays is told as an event, and is in the ledger for gc.
    await host.removeRoles(context);
  });
  return ok(host);
}
