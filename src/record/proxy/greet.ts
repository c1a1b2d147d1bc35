import type { Duplex } from 'node:stream';
import type { Context } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import type { ProxyHooks } from './contract.ts';
import { forwardBlindly } from './forward-blindly.ts';
import { forwardCancel } from './forward-cancel.ts';
import type { Certificate } from './make-certificate.ts';
import { fatalError } from './messages.ts';
import { nextStartUpPacket } from './next-start-up-packet.ts';
import { ProxiedSession, type SessionFacts } from './proxied-session.ts';
import type { StartUpPacket } from './start-up-packet.ts';

export interface Guest {
  readonly target: Address;
  readonly hooks: ProxyHooks;
  readonly client: Duplex;
  /** For a client that wants TLS. */
  readonly identity: () => Certificate;
  readonly nextId: () => number;
  readonly sessions: () => Iterable<ProxiedSession>;
}

/** Hears what a new client wants, as far as its session. Gives nothing where it wanted something else, and that is done. */
export async function greet(context: Context, guest: Guest): Promise<ProxiedSession | undefined> {
  let { client } = guest;
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
        if (packet.kind === 'tls') client.write('S');
        const accepted = await context.edge.system.acceptTls(client, guest.identity());
        if (!accepted.ok) return undefined;
        client = accepted.value;
        secure = true;
        break;
      }
      case 'cancel':
        await cancel(context, guest, packet);
        return void client.end();
      case 'strange':
        return forwardBlindly(context, guest.target, client, packet.bytes);
      case 'start':
        return startSession(context, { ...guest, client }, packet);
    }
  }
}

async function cancel(context: Context, { target, sessions }: Guest, { bytes }: StartUpPacket & { kind: 'cancel' }): Promise<void> {
  const processAndKey = bytes.subarray(8);
  for (const session of sessions()) if (session.hasKey(processAndKey)) return session.cancel(processAndKey);
  // Whoever it is for, the server knows.
  await forwardCancel(context, target, processAndKey);
}

async function startSession(context: Context, guest: Guest, { bytes, parameters }: StartUpPacket & { kind: 'start' }): Promise<ProxiedSession | undefined> {
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
    mayAsk: !streamsLog(parameters.get('replication')),
    cancel: (processAndKey) => forwardCancel(context, target, processAndKey),
  });
}

/** A walsender knows no extended protocol. */
function streamsLog(replication: string | undefined): boolean {
  return replication !== undefined && !['false', 'off', 'no', '0'].includes(replication);
}
