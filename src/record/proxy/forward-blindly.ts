import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Context } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { fatalError } from './messages.ts';

/** What starts with nothing that we know goes to the server, whose answer comes back: it has its own words, or none, for it. */
export async function forwardBlindly(context: Context, target: Address, client: Duplex, first: Buffer): Promise<undefined> {
  const wire = await context.edge.postgres.openWire(target, context.signal);
  if (!wire.ok) return void client.end(fatalError('08006', wire.failure.message));
  const server = wire.value;
  server.write(first);
  client.once('close', () => server.destroy());
  await Promise.allSettled([pipeline(client, server), pipeline(server, client)]);
}
