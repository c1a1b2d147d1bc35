import type { Duplex } from 'node:stream';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { forwardCancel } from './forward-cancel.ts';
import { hearFirstWords, type StartPacket } from './hear-first-words.ts';
import { hostGuests } from './host-guests.ts';
import { fatalError } from './messages.ts';
import { type PassedSession, passSession } from './pass-session.ts';
import { streamsLog } from './streams-log.ts';

/** A session that came through, from when the server has let it in. */
export interface Admitted {
  /** That of the start-up message; the target's unless the client asked for another one. */
  readonly database: string;
  readonly pid: number;
  /** It streams the log: the server doesn't count it. */
  readonly replicates: boolean;
  /** When its connection was asked for: milliseconds of `performance.now()`. */
  readonly askedAt: number;
}

/** A way to a server on which it is seen who comes, and nothing of what they say. */
export interface PassThrough extends AsyncDisposable {
  /** The target with 127.0.0.1 and a port of ours; without TLS, which nobody needs inside of one machine. */
  readonly address: Address;
  /** Ends every connection. */
  close(): Promise<void>;
}

export interface PassThroughRequest {
  readonly target: Address;
  /** Told before the client is. */
  readonly onAdmitted: (admitted: Admitted) => void;
}

/**
 * Starts listening for programs that are to reach a server as if they had its own address: as whom they like, and in which database of it they like. It stays until it
 * is closed, also when the context's signal aborts: programs that are being ended still say good-bye. Fails with `recorder-failed` where no port is to be had;
 * a target that can't be reached is told to each client.
 *
 * TLS is there for those who ask for it where the target has it, with a certificate of our own.
 *
 * @example await using way = unwrap(await startPassThrough(context, { target: clone, onAdmitted: ({ pid }) => known.add(pid) }));
 */
export async function startPassThrough(context: Context, request: PassThroughRequest): Promise<Result<PassThrough>> {
  const { target } = request;
  const closing = new AbortController();
  const hosting = await hostGuests<PassedSession>(context, target, ({ client, identity }) =>
    hearFirstWords(context, {
      ...{ target, client },
      ...(target.tls === 'disable' ? {} : { identity }),
      cancel: ({ bytes }) => forwardCancel(context, target, bytes.subarray(8)),
      start: (packet, heard) => admit(context, request, packet, heard, closing.signal),
    }),
  );
  if (!hosting.ok) return hosting;
  const { address, close: endAll } = hosting.value;
  const close = () => {
    closing.abort();
    return endAll();
  };
  return ok({ address, close, [Symbol.asyncDispose]: close });
}

async function admit(
  context: Context,
  { target, onAdmitted }: PassThroughRequest,
  { bytes, parameters }: StartPacket,
  client: Duplex,
  signal: AbortSignal,
): Promise<PassedSession | undefined> {
  const askedAt = performance.now();
  const database = parameters.get('database') ?? parameters.get('user') ?? '';
  const wire = await context.edge.postgres.openWire({ ...target, database }, signal);
  if (!wire.ok) return void client.end(fatalError('08006', wire.failure.message));
  const server = wire.value;
  server.write(bytes);
  return passSession({
    ...{ client, server, tlsBehind: 'encrypted' in server },
    onProcess: (pid) => onAdmitted({ database, pid, replicates: streamsLog(parameters), askedAt }),
  });
}
