import { connect, createServer, type Socket } from 'node:net';
import type { Address } from '../../src/core/server.ts';

/**
 * A proxy before a PostgreSQL 18 that makes it say that it is a 19: in its greeting, and wherever it gives its version number. Both have as many
 * characters as before, so messages stay whole. The rest of the server is as it is, so this shows what is said about versions, not whether a real 19 works.
 */
export async function withNewerFace<T>(server: Address, use: (port: number) => Promise<T>): Promise<T> {
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const behind = connect({ host: server.host, port: server.port });
    for (const [socket, other] of [
      [client, behind],
      [behind, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
    }
    client.on('data', (chunk) => behind.write(chunk));
    behind.on('data', (chunk) => client.write(Buffer.from(aged(chunk.toString('latin1')), 'latin1')));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  try {
    return await use((proxy.address() as { port: number }).port);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => proxy.close(resolve));
  }
}

/** 18.4 and 180004, as words of their own. */
function aged(text: string): string {
  return text.replace(/(?<![\d.])18(?=\.\d(?![\d.])|00\d\d(?!\d))/g, '19');
}
