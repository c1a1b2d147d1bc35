import { connect, createServer, type Server, type Socket } from 'node:net';

/** What stands between us and production: a port that hands every connection on, until it is cut. */
export class Tunnel implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #open = true;
  /** Connections since the tunnel was cut, which got nowhere. */
  refused = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async to(port: number): Promise<Tunnel> {
    const server = createServer();
    const tunnel = new Tunnel(server);
    server.on('connection', (near) => {
      if (!tunnel.#open) {
        tunnel.refused++;
        near.resetAndDestroy();
        return;
      }
      const far = connect(port, '127.0.0.1');
      far.once('error', () => {
        if (far.connecting) tunnel.refused++;
      });
      for (const socket of [near, far]) {
        tunnel.#sockets.add(socket);
        socket.on('error', () => {});
        socket.once('close', () => {
          tunnel.#sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      near.pipe(far);
      far.pipe(near);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return tunnel;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** How many go through it now. */
  get connections(): number {
    return this.#sockets.size / 2;
  }

  /** Every connection is reset, and new ones are too, as when the machine in between goes. */
  cut(): void {
    this.#open = false;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  mend(): void {
    this.#open = true;
    this.refused = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
