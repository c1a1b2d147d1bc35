import type { Duplex } from 'node:stream';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import type { ProxiedConnection, ProxyHooks } from './contract.ts';
import { greet } from './greet.ts';
import { type Certificate, makeCertificate } from './make-certificate.ts';
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
  const guests = new Set<ProxiedSession>();
  const coming = new Set<Promise<unknown>>();
  let last = 0;
  let certificate: Certificate | undefined;
  const identity = () => {
    certificate ??= makeCertificate(context.now());
    return certificate;
  };
  let closed: Promise<void> | undefined;
  const receive = async (client: Duplex) => {
    if (closed !== undefined) return void client.destroy();
    const session = await greet(context, { target, hooks, client, identity, nextId: () => ++last, sessions: () => guests });
    if (session === undefined) return;
    guests.add(session);
    if (closed !== undefined) await session.stop();
    await session.ended;
    guests.delete(session);
  };
  const listening = await context.edge.system.listen((client) => {
    const guest = receive(client);
    coming.add(guest);
    void guest.finally(() => coming.delete(guest));
  });
  if (!listening.ok) return listening;
  const listener = listening.value;
  const close = () => {
    context.signal.removeEventListener('abort', close);
    closed ??= (async () => {
      await Promise.all([...guests].map((guest) => guest.stop()));
      await listener.close();
      await Promise.all(coming);
    })();
    return closed;
  };
  context.signal.addEventListener('abort', close, { once: true });
  const { tlsRootCertificate: _root, tlsCertificate: _own, tlsKey: _key, channelBinding: _binding, hostAddress: _host, ...reached } = target;
  return ok({
    address: { ...reached, host: listener.host, port: listener.port, tls: 'disable' },
    get connections() {
      return [...guests].map(({ connection }) => connection);
    },
    close,
    [Symbol.asyncDispose]: close,
  });
}
