import { connect as connectPlain, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { serialize } from 'pg-protocol';
import { failure } from '../../core/failure.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type Address, showAddress } from '../../core/server.ts';
import { connectionFailure } from './connection-failure.ts';
import { namesForTls, placeOf } from './place.ts';
import { type TlsAttempt, tlsAttempts } from './tls-options.ts';

/** The bare connection that a client's start-up message would come on. Fails as connecting does. */
export async function openWire(address: Address, signal?: AbortSignal): Promise<Result<Duplex>> {
  const attempts = tlsAttempts(address);
  if (!attempts.ok) return attempts;
  let first: unknown;
  for (const tls of attempts.value) {
    if (signal?.aborted) return fail(failure('interrupted', `${showAddress(address)}: interrupted while connecting`));
    try {
      return ok(await openOnce(address, tls, signal));
    } catch (error) {
      first ??= error;
    }
  }
  return fail(connectionFailure(first, address));
}

async function openOnce(address: Address, tls: TlsAttempt, signal: AbortSignal | undefined): Promise<Duplex> {
  const socket = connectPlain(placeOf(address));
  const stop = () => socket.destroy(new Error('interrupted'));
  signal?.addEventListener('abort', stop, { once: true });
  try {
    await happens(socket, 'connect');
    socket.setNoDelay(true);
    if (tls === false) return socket;
    socket.write(serialize.requestSsl());
    const answer = await new Promise<Buffer>((resolve, reject) => {
      socket
        .once('data', resolve)
        .once('error', reject)
        .once('close', () => reject(new Error('Connection terminated unexpectedly')));
    });
    if (answer.toString('latin1') !== 'S') throw new Error('The server does not support SSL connections');
    const secure = connectTls({ ...tls, socket, ...namesForTls(address) });
    await happens(secure, 'secureConnect');
    return secure;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function happens(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, resolve).once('error', reject);
  });
}
