import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Address } from '../../src/core/server.ts';
import { message } from '../../src/record/proxy/messages.ts';

const READY = 0x5a;

/** A client that sends bytes and keeps the server's messages as they came. */
export class RawClient implements Disposable {
  readonly socket: Socket;
  /** Type and body of each message, in order. */
  readonly messages: { readonly type: string; readonly body: Buffer }[] = [];
  #bytes = Buffer.alloc(0);
  #ready = 0;
  #wake: (() => void) | undefined;
  closed = false;

  constructor(address: Address) {
    this.socket = connect({ host: address.host, port: address.port, noDelay: true });
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.closed = true;
      this.#wake?.();
    });
    this.socket.on('data', (chunk) => this.#read(chunk));
  }

  static async logIn(address: Address): Promise<RawClient> {
    const client = new RawClient(address);
    await once(client.socket, 'connect');
    client.socket.write(startUp(address));
    await client.untilReady(1);
    if (client.closed) throw new Error(`not let in: ${client.messages.map(({ body }) => body.toString('latin1')).join(' ')}`);
    client.messages.length = 0;
    return client;
  }

  /** Waits for so many ReadyForQuery more than were waited for before; or for the end. */
  async untilReady(count: number): Promise<void> {
    while (this.#ready < count && !this.closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#ready -= count;
  }

  async untilClosed(): Promise<void> {
    while (!this.closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    for (;;) {
      const end = this.#bytes.length < 5 ? Number.POSITIVE_INFINITY : 1 + this.#bytes.readUInt32BE(1);
      if (this.#bytes.length < end) break;
      this.messages.push({ type: String.fromCharCode(this.#bytes[0] as number), body: this.#bytes.subarray(5, end) });
      if (this.#bytes[0] === READY) this.#ready++;
      this.#bytes = this.#bytes.subarray(end);
    }
    this.#wake?.();
  }
}

/** A StartupMessage of protocol 3.0. */
export function startUp(address: Address): Buffer {
  const body = Buffer.from(['user', address.user, 'database', address.database, '', ''].join('\0'));
  const packet = Buffer.alloc(8 + body.length);
  packet.writeUInt32BE(packet.length, 0);
  packet.writeUInt32BE(3 << 16, 4);
  body.copy(packet, 8);
  return packet;
}

export function query(text: string): Buffer {
  return message(0x51, Buffer.from(`${text}\0`));
}
