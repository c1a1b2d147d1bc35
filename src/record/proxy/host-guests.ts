import type { Duplex } from 'node:stream';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { type Certificate, makeCertificate } from './make-certificate.ts';

/** The session of one client, from when it was let in. */
interface Guest {
  readonly ended: Promise<unknown>;
  stop(): void | Promise<void>;
}

/** A client that has just come. */
interface Arrival<Session> {
  readonly client: Duplex;
  /** For a client that wants TLS: a certificate of our own. */
  readonly identity: () => Certificate;
  /** Who is there already. */
  readonly guests: ReadonlySet<Session>;
}

/** What receives clients in a server's place. */
export interface Host<Session> {
  /** The target with 127.0.0.1 and a port of ours; without TLS, which nobody needs inside of one machine. */
  readonly address: Address;
  /** Sessions that are open. */
  readonly guests: ReadonlySet<Session>;
  /** Ends every session; resolves once the last one has ended. */
  close(): Promise<void>;
}

/**
 * Listens on a port of its own for clients that want to reach a server. Fails with `recorder-failed` where no port is to be had.
 *
 * @param letIn opens a client's session; undefined where it wanted something else, or can't have one and was told so
 */
export async function hostGuests<Session extends Guest>(
  context: Context,
  target: Address,
  letIn: (arrival: Arrival<Session>) => Promise<Session | undefined>,
): Promise<Result<Host<Session>>> {
  const guests = new Set<Session>();
  const coming = new Set<Promise<unknown>>();
  let certificate: Certificate | undefined;
  const identity = () => {
    certificate ??= makeCertificate(context.now());
    return certificate;
  };
  let closed: Promise<void> | undefined;
  const receive = async (client: Duplex) => {
    if (closed !== undefined) return void client.destroy();
    const session = await letIn({ client, identity, guests });
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
    closed ??= (async () => {
      await Promise.all([...guests].map((guest) => guest.stop()));
      await listener.close();
      await Promise.all(coming);
    })();
    return closed;
  };
  const { tlsRootCertificate: _root, tlsCertificate: _own, tlsKey: _key, channelBinding: _binding, hostAddress: _host, ...reached } = target;
  return ok({ address: { ...reached, host: listener.host, port: listener.port, tls: 'disable' }, guests, close });
}
