import type { Duplex } from 'node:stream';
import type { Context } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { forwardBlindly } from './forward-blindly.ts';
import type { Certificate } from './make-certificate.ts';
import { nextStartUpPacket } from './next-start-up-packet.ts';
import type { StartUpPacket } from './start-up-packet.ts';

export type CancelPacket = StartUpPacket & { readonly kind: 'cancel' };
export type StartPacket = StartUpPacket & { readonly kind: 'start' };

export interface Newcomer<T> {
  readonly target: Address;
  readonly client: Duplex;
  /** For a client that wants TLS; absent: it is told that there is none. */
  readonly identity?: () => Certificate;
  readonly cancel: (packet: CancelPacket) => Promise<void>;
  readonly start: (packet: StartPacket, client: Duplex) => Promise<T | undefined>;
}

/** Hears what a new client wants, up to its start-up message. Gives nothing where it wanted something else than a session, and that is done. */
export async function hearFirstWords<T>(context: Context, { target, client: given, identity, cancel, start }: Newcomer<T>): Promise<T | undefined> {
  let client = given;
  client.on('error', () => {});
  for (let secure = false; ; ) {
    const packet = await nextStartUpPacket(client);
    switch (packet?.kind) {
      case undefined:
        return void client.destroy();
      case 'gss':
        client.write('N');
        break;
      case 'tls':
      case 'direct-tls': {
        // What a client sends before it has heard the answer may not be its own.
        if (secure || (packet.kind === 'tls' && client.readableLength > 0)) return void client.destroy();
        if (identity === undefined) {
          if (packet.kind === 'direct-tls') return void client.destroy();
          client.write('N');
          break;
        }
        if (packet.kind === 'tls') client.write('S');
        const accepted = await context.edge.system.acceptTls(client, identity());
        if (!accepted.ok) return undefined;
        client = accepted.value;
        secure = true;
        break;
      }
      case 'cancel':
        await cancel(packet);
        return void client.end();
      case 'strange':
        return forwardBlindly(context, target, client, packet.bytes);
      case 'start':
        return await start(packet, client);
    }
  }
}
