import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { serialize } from 'pg-protocol';
import type { Address } from '../../core/server.ts';
import { namesForTls, placeOf } from './place.ts';
import type { TlsAttempt } from './tls-options.ts';

/** What a server told at log-in, by which it lets a statement be cancelled. */
export interface CancelKey {
  readonly processID: number;
  readonly secretKey: number;
}

const GIVE_UP_AFTER_MS = 3_000;

/**
 * Asks the server to cancel what a session is running. Resolves when the request is sent or can't be: nobody is told whether it came in time,
 * so a caller watches the session itself.
 */
export async function cancelRequest(address: Address, tls: TlsAttempt, key: CancelKey): Promise<void> {
  const socket = connectPlain(placeOf(address));
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, GIVE_UP_AFTER_MS);
  const closing = (stream: Socket) => stream.once('close', resolve).on('error', () => resolve());
  closing(socket);
  const send = (stream: Socket) => {
    // The server closes the connection without an answer.
    stream.resume().end(serialize.cancel(key.processID, key.secretKey));
  };
  socket.once('connect', () => {
    if (tls === false) return send(socket);
    socket.once('data', (answer) => {
      if (answer.toString() !== 'S') return socket.destroy();
      const secure = connectTls({ ...tls, socket, ...namesForTls(address) });
      closing(secure);
      secure.once('secureConnect', () => send(secure));
    });
    socket.write(serialize.requestSsl());
  });
  await promise;
  clearTimeout(timer);
  socket.destroy();
}
