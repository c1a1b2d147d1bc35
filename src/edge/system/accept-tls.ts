import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { failure } from '../../core/failure.ts';
import { fail, ok, type Result } from '../../core/result.ts';

/** What PostgreSQL's clients offer, and ask for where they begin with TLS at once: a list of one name, with its length. */
const protocols = Buffer.from('\x0apostgresql');

/**
 * Does the server's side of TLS on a connection to us. Bytes that were read too far must have been put back before. Fails with `tls-failed` where
 * the client doesn't come to terms, and the connection is gone then.
 */
export async function acceptTls(socket: Duplex, { certificate, key }: { readonly certificate: string; readonly key: string }): Promise<Result<Duplex>> {
  const options = { isServer: true, key, cert: certificate, minVersion: 'TLSv1.2' as const, ALPNProtocols: protocols };
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  try {
    // Its type asks for a socket; what listens here hands out nothing else.
    const secure = new TLSSocket(socket as ConstructorParameters<typeof TLSSocket>[0], options as object);
    const gone = () => reject(new Error('the client went'));
    // What listens here stays half-open, and an end is only seen by whoever reads: of nothing, so that all of the client's bytes are still there.
    const look = () => void secure.read(0);
    secure.once('secure', resolve).on('error', reject).once('close', gone).once('end', gone).on('readable', look);
    await promise;
    secure.off('end', gone).off('readable', look);
    return ok(secure);
  } catch (error) {
    socket.destroy();
    return fail(failure('tls-failed', `TLS with a client failed: ${error instanceof Error ? error.message : String(error)}`));
  }
}
