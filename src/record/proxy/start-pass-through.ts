import type { Duplex } from 'node:stream';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { forwardCancel } from './forward-cancel.ts';
import { hearFirstWords, type StartPacket } from './hear-first-words.ts';
import { type Certificate, makeCertificate } from './make-certificate.ts';
import { fatalError } from './messages.ts';
import { type PassedSession, passSession } from './pass-session.ts';
import { streamsLog } from './streams-log.ts';

/** A session that came through, from when the server has let it in. */
export interface Admitted {
  /** That of the start-up message; the target's unless the client asked for another one. */
  readonly database: string;
  readonly pid: number;
  /** It streams the log: the server doesn't count it. */
  readonly replicates: boolean;
  /** When its connection was asked for: milliseconds of `performance.now()`. */
  readonly askedAt: number;
}

/** A way to a server on which it is seen who comes, and nothing of what they say. */
export interface PassThrough extends AsyncDisposable {
  /** The target with 127.0.0.1 and a port of ours; without TLS, which nobody needs inside of one machine. */
  readonly address: Address;
  /** Ends every connection. */
  close(): Promise<void>;
}

export interface PassThroughRequest {
  readonly target: Address;
  /** Told before the client is. */
  readonly onAdmitted: (admitted: Admitted) => void;
}

/**
 * Starts listening for programs that are to reach a server as if they had its own address: as whom they like, and in which database of it they like. It stays until it
 * is closed, also when the context's signal aborts: programs that are being ended still say good-bye. Fails with `recorder-failed` where no port is to be had;
 * a target that can't be reached is told to each client.
 *
 * TLS is there for those who ask for it where the target has it, with a certificate of our own.
 *
 * @example await using way = unwrap(await startPassThrough(context, { target: clone, onAdmitted: ({ pid }) => known.add(pid) }));
 */
export async function startPassThrough(context: Context, request: PassThroughRequest): Promise<Result<PassThrough>> {
  const { target } = request;
  const guests = new Set<PassedSession>();
  const coming = new Set<Promise<unknown>>();
  let certificate: Certificate | undefined;
  const identity = () => {
    certificate ??= makeCertificate(context.now());
    return certificate;
  };
  const closing = new AbortController();
  let closed: Promise<void> | undefined;
  const receive = async (client: Duplex) => {
    if (closed !== undefined) return void client.destroy();
    const session = await hearFirstWords(context, {
      ...{ target, client },
      ...(target.tls === 'disable' ? {} : { identity }),
      cancel: ({ bytes }) => forwardCancel(context, target, bytes.subarray(8)),
      start: (packet, heard) => admit(context, request, packet, heard, closing.signal),
    });
    if (session === undefined) return;
    guests.add(session);
    if (closed !== undefined) session.stop();
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
      closing.abort();
      for (const guest of guests) guest.stop();
      await listener.close();
      await Promise.all(coming);
    })();
    return closed;
  };
  const { tlsRootCertificate: _root, tlsCertificate: _own, tlsKey: _key, channelBinding: _binding, hostAddress: _host, ...reached } = target;
  return ok({ address: { ...reached, host: listener.host, port: listener.port, tls: 'disable' }, close, [Symbol.asyncDispose]: close });
}

async function admit(
  context: Context,
  { target, onAdmitted }: PassThroughRequest,
  { bytes, parameters }: StartPacket,
  client: Duplex,
  signal: AbortSignal,
): Promise<PassedSession | undefined> {
  const askedAt = performance.now();
  const database = parameters.get('database') ?? parameters.get('user') ?? '';
  const wire = await context.edge.postgres.openWire({ ...target, database }, signal);
  if (!wire.ok) return void client.end(fatalError('08006', wire.failure.message));
  const server = wire.value;
  server.write(bytes);
  return passSession({
    ...{ client, server, tlsBehind: 'encrypted' in server },
    onProcess: (pid) => onAdmitted({ database, pid, replicates: streamsLog(parameters), askedAt }),
  });
}
