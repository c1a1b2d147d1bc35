import type { Duplex } from 'node:stream';
import type { Context } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import type { ProxyHooks } from './contract.ts';
import { forwardCancel } from './forward-cancel.ts';
import { type CancelPacket, hearFirstWords, type StartPacket } from './hear-first-words.ts';
import type { Certificate } from './make-certificate.ts';
import { fatalError } from './messages.ts';
import { ProxiedSession, type SessionFacts } from './proxied-session.ts';
import { streamsLog } from './streams-log.ts';

export interface Guest {
  readonly target: Address;
  readonly hooks: ProxyHooks;
  readonly client: Duplex;
  /** For a client that wants TLS. */
  readonly identity: () => Certificate;
  readonly nextId: () => number;
  /** Sessions that are there already: it may be about one of them. */
  readonly guests: Iterable<ProxiedSession>;
}

/** Hears what a new client wants, as far as its session. Gives nothing where it wanted something else, and that is done. */
export async function greet(context: Context, guest: Guest): Promise<ProxiedSession | undefined> {
  return await hearFirstWords(context, {
    ...guest,
    cancel: (packet) => cancel(context, guest, packet),
    start: (packet, client) => startSession(context, { ...guest, client }, packet),
  });
}

async function cancel(context: Context, { target, guests }: Guest, { bytes }: CancelPacket): Promise<void> {
  const processAndKey = bytes.subarray(8);
  for (const session of guests) if (session.hasKey(processAndKey)) return session.cancel(processAndKey);
  // Whoever it is for, the server knows.
  await forwardCancel(context, target, processAndKey);
}

async function startSession(context: Context, guest: Guest, { bytes, parameters }: StartPacket): Promise<ProxiedSession | undefined> {
  const { client, target, hooks } = guest;
  const user = parameters.get('user') ?? '';
  const connection: SessionFacts = {
    id: guest.nextId(),
    pid: 0,
    user,
    database: parameters.get('database') ?? user,
    applicationName: parameters.get('application_name'),
  };
  hooks.onOpen(connection, performance.now());
  const wire = await context.edge.postgres.openWire(target, context.signal);
  if (!wire.ok) {
    client.end(fatalError('08006', wire.failure.message));
    hooks.onClose(connection, performance.now(), client.closed ? 'client-vanished' : 'refused');
    return undefined;
  }
  const server = wire.value;
  server.write(bytes);
  return new ProxiedSession({
    connection,
    client,
    server,
    hooks,
    tlsBehind: 'encrypted' in server,
    mayAsk: !streamsLog(parameters),
    cancel: (processAndKey) => forwardCancel(context, target, processAndKey),
  });
}
