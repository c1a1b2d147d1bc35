import { openTunnel } from '../../cloud/tunnel/open-tunnel.ts';
import type { TunnelWish } from '../../core/cloud.ts';
import { SqlError } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type Address, showAddress } from '../../core/server.ts';
import { sourceFailure } from '../../core/source-failure.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import { addressOfPlace } from './address-of-place.ts';
import type { Place } from './place.ts';
import { tunnelWish } from './tunnel-wish.ts';
import { isPasswordRefused } from './until-password-holds.ts';

/** A server that can be connected to, until it is closed. */
export interface OpenPlace extends AsyncDisposable {
  /** Behind a tunnel: the server's own name, reached by the address and port of the tunnel's near end. */
  readonly address: Address;
  /** As people know it, with its own port: `reader@production.example.com:5432/shop`. */
  readonly label: string;
}

/**
 * Makes a place of the configuration reachable: its credential is read, its tunnel opened. Without a tunnel nothing is tried yet.
 *
 * Fails with what `addressOfPlace` and opening a tunnel fail with.
 *
 * @param what what the place is in the configuration, for messages: `source`
 */
export async function openPlace(context: Context, place: Place, folder: string, what: string): Promise<Result<OpenPlace>> {
  const address = await addressOfPlace(context, place, folder, what);
  if (!address.ok) return address;
  const { region, profile } = place.credential ?? {};
  const access = region === undefined ? undefined : { region, ...withoutUndefined({ profile }) };
  return await openWay(context, address.value, tunnelWish(place.tunnel, access, folder));
}

/**
 * The way to a server. Ready means that it has answered through it.
 *
 * @param options passwordIsNew: that it refuses the password is an answer too, because it may not know it yet
 */
export async function openWay(
  context: Context,
  address: Address,
  wish: TunnelWish,
  { passwordIsNew = false }: { readonly passwordIsNew?: boolean } = {},
): Promise<Result<OpenPlace>> {
  const label = showAddress(address);
  if (wish.kind === 'direct') return ok({ address, label, async [Symbol.asyncDispose]() {} });
  const through = ({ host, port }: { readonly host: string; readonly port: number }): Address => ({ ...address, hostAddress: host, port });
  const tunnel = await openTunnel(context, wish, address, async (at) => {
    const asked = await ask(context, through(at), label);
    return passwordIsNew && !asked.ok && isPasswordRefused(asked.failure) ? ok() : asked;
  });
  if (!tunnel.ok) return tunnel;
  return ok({ address: through(tunnel.value), label, [Symbol.asyncDispose]: () => tunnel.value[Symbol.asyncDispose]() });
}

/** Asks a server something that only it can answer. */
async function ask(context: Context, address: Address, label: string): Promise<Result<void>> {
  const readOnly = { statementTimeoutMs: 30_000, lockTimeoutMs: 5_000 };
  const connected = await context.edge.postgres.connect(address, { applicationName: 'pgrehearse tunnel', signal: context.signal, readOnly });
  if (!connected.ok) return connected;
  await using session = connected.value;
  try {
    await session.query('select 1 as one');
    return ok();
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return fail(sourceFailure(error, label, 'answering through the tunnel'));
  }
}
