import type { Context } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';

/** Length and code of a CancelRequest stand before process and key. */
const CODE = 80877102;
const GIVE_UP_AFTER_MS = 3_000;

/**
 * Sends a cancel request on a connection of its own. Resolves when the server has closed that, which it does after it has sent the signal; or when
 * it can't be reached. Nobody is told whether there was something to cancel.
 */
export async function forwardCancel(context: Context, target: Address, processAndKey: Buffer): Promise<void> {
  // Not the context's signal: what it interrupts has to be cancelled, too.
  const wire = await context.edge.postgres.openWire(target, AbortSignal.timeout(GIVE_UP_AFTER_MS));
  if (!wire.ok) return;
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + processAndKey.length, 0);
  head.writeUInt32BE(CODE, 4);
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, GIVE_UP_AFTER_MS);
  wire.value.on('error', () => {}).once('close', resolve);
  wire.value.resume().end(Buffer.concat([head, processAndKey]));
  await promise;
  clearTimeout(timer);
  wire.value.destroy();
}
