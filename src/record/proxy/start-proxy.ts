import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import type { ProxiedConnection, ProxyHooks } from './contract.ts';
import { greet } from './greet.ts';
import { hostGuests } from './host-guests.ts';
import type { ProxiedSession } from './proxied-session.ts';

/** A way to a server on which everything that goes through is seen. */
export interface Proxy extends AsyncDisposable {
  /** The target with 127.0.0.1 and a port of ours; without TLS, which nobody needs inside of one machine. */
  readonly address: Address;
  /** Those that are open. */
  readonly connections: readonly ProxiedConnection[];
  /** Ends every connection; resolves once the hooks have been told of the last one's end. */
  close(): Promise<void>;
}

/**
 * Starts listening. Clients log in at the target with whatever they bring: nothing is known of their passwords. It ends when the context's signal
 * aborts. Fails with `recorder-failed` where no port is to be had; a target that can't be reached is told to each client.
 *
 * @example await using proxy = unwrap(await startProxy(context, { target: clone, hooks }));
 */
export async function startProxy(context: Context, { target, hooks }: { readonly target: Address; readonly hooks: ProxyHooks }): Promise<Result<Proxy>> {
  let last = 0;
  const hosting = await hostGuests<ProxiedSession>(context, target, (arrival) => greet(context, { ...arrival, target, hooks, nextId: () => ++last }));
  if (!hosting.ok) return hosting;
  const { address, guests, close: endAll } = hosting.value;
  const close = () => {
    context.signal.removeEventListener('abort', close);
    return endAll();
  };
  context.signal.addEventListener('abort', close, { once: true });
  return ok({
    address,
    get connections() {
      return [...guests].map(({ connection }) => connection);
    },
    close,
    [Symbol.asyncDispose]: close,
  });
}
