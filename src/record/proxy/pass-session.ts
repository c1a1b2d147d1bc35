import type { Duplex } from 'node:stream';
import { kept, passing } from './handlings.ts';
import { type Handling, MessageReader } from './message-reader.ts';
import { backend, message } from './messages.ts';
import { withoutChannelBinding } from './without-channel-binding.ts';

export interface PassedParts {
  readonly client: Duplex;
  readonly server: Duplex;
  /** The server is reached over TLS: of which the client can't know, nor bind its log-in to it. */
  readonly tlsBehind: boolean;
  /** Told the process that serves the client, before the client is. */
  readonly onProcess: (pid: number) => void;
}

export interface PassedSession {
  /** Resolves when both sides are gone. */
  readonly ended: Promise<void>;
  stop(): void;
}

/** ReadyForQuery goes on as it comes. */
const noticed: Handling = { kept: false, bodyLimit: 0 };

function ofLogIn(type: number): Handling {
  if (type === backend.ready) return noticed;
  return type === backend.authentication || type === backend.backendKey ? kept : passing;
}

/**
 * Hands on what client and server say. The server's side is read as far as its first ReadyForQuery, which is where the log-in ends; from there on nobody looks.
 * Whoever goes is followed. A client that goes while it logs in leaves the server half-closed, so that the answer is still heard: its process may be there already.
 */
export function passSession({ client, server, tlsBehind, onProcess }: PassedParts): PassedSession {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const nothing = () => {};
  client.on('error', nothing);
  server.on('error', nothing);

  let loggedIn = false;
  const reader = new MessageReader({
    decide: ofLogIn,
    pass: (bytes) => void client.write(bytes),
    message: ({ type, body }) => {
      if (type === backend.ready) {
        loggedIn = true;
        return true;
      }
      if (type === backend.backendKey && body.length >= 4) onProcess(body.readUInt32BE(0));
      client.write(message(type, type === backend.authentication && tlsBehind ? withoutChannelBinding(body) : body));
      return false;
    },
  });
  const logIn = (chunk: Buffer) => {
    const read = reader.read(chunk, 0);
    if (!loggedIn) return;
    server.off('data', logIn);
    if (read < chunk.length) client.write(chunk.subarray(read));
    if (client.destroyed) server.destroy();
    else server.pipe(client, { end: false });
  };
  server.on('data', logIn);
  client.pipe(server);

  let clientGone = false;
  let serverGone = false;
  const settle = () => {
    if (clientGone && serverGone) resolve();
  };
  client.once('close', () => {
    clientGone = true;
    server.unpipe(client);
    // Rows for nobody could go on for ever.
    if (loggedIn) server.destroy();
    else server.end();
    settle();
  });
  server.once('end', () => client.end());
  server.once('close', () => {
    serverGone = true;
    client.unpipe(server);
    client.end();
    // It is read on, so that its own good-bye is seen.
    client.resume();
    settle();
  });
  return {
    ended,
    stop: () => {
      client.destroy();
      server.destroy();
    },
  };
}
