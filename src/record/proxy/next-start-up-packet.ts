import type { Duplex } from 'node:stream';
import { readStartUpPacket, type StartUpPacket } from './start-up-packet.ts';

/**
 * Waits for a whole start-up packet. What came behind it is put back, and the client is left paused. Nothing where the client went before; what it had
 * sent then is of no use to anybody.
 */
export function nextStartUpPacket(client: Duplex): Promise<StartUpPacket | undefined> {
  const { promise, resolve } = Promise.withResolvers<StartUpPacket | undefined>();
  let bytes: Buffer = Buffer.alloc(0);
  const stop = (packet: StartUpPacket | undefined) => {
    client.off('data', take).off('end', gone).off('close', gone).pause();
    resolve(packet);
  };
  const gone = () => stop(undefined);
  const take = (chunk: Buffer) => {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    const found = readStartUpPacket(bytes);
    if (found === undefined) return;
    stop(found.packet);
    if (found.length < bytes.length) client.unshift(bytes.subarray(found.length));
  };
  client.on('data', take).once('end', gone).once('close', gone);
  if (client.destroyed || client.readableEnded) gone();
  else client.resume();
  return promise;
}
