import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { failure } from '../../core/failure.ts';
import type { Listener } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';

/** Listens on a free port of 127.0.0.1, for this machine's own programs. Fails with `recorder-failed` where no port is to be had. */
export async function listen(onConnection: (socket: Duplex) => void): Promise<Result<Listener>> {
  const sockets = new Set<Socket>();
  // Half-open: what a client sends before it says good-bye is still worth an answer.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  try {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    return fail(failure('recorder-failed', `no port of 127.0.0.1 can be listened on: ${error instanceof Error ? error.message : String(error)}`));
  }
  const { address: host, port } = server.address() as AddressInfo;
  const close = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return ok({ host, port, close, [Symbol.asyncDispose]: close });
}
