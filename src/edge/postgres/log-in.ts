import pg from 'pg';
import { failure } from '../../core/failure.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type Address, showAddress } from '../../core/server.ts';
import { connectionFailure } from './connection-failure.ts';
import { namesForTls } from './place.ts';
import { isServerError } from './sql-error.ts';
import { stayPlain } from './stay-plain.ts';
import { type TlsAttempt, tlsAttempts } from './tls-options.ts';
import { typeParsers } from './type-parsers.ts';
import { Wire } from './wire.ts';

export interface LogIn {
  readonly applicationName: string;
  readonly timeoutMs: number;
  /** The `options` start-up parameter: `-c name=value …`. */
  readonly startupOptions: string;
  readonly signal?: AbortSignal;
  /** Told each ParameterStatus that comes with the log-in. */
  readonly onParameter?: (name: string, value: string) => void;
}

/** A connection that is logged in. `tls` is how it was made, for a cancel request on the same way. */
export interface LoggedIn {
  readonly client: pg.Client;
  readonly tls: TlsAttempt;
  readonly wire: Wire;
}

/** Connects and logs in, over TLS or not as the address asks. Every way in which that can go wrong is a failure. */
export async function logIn(address: Address, options: LogIn): Promise<Result<LoggedIn>> {
  const attempts = tlsAttempts(address);
  if (!attempts.ok) return attempts;
  let first: unknown;
  for (const [index, tls] of attempts.value.entries()) {
    if (options.signal?.aborted) return fail(failure('interrupted', `${showAddress(address)}: interrupted while connecting`));
    const { client, wire } = makeClient(address, tls, options);
    const isPlain = tls !== false && attempts.value[index + 1] === false ? stayPlain(client) : () => tls === false;
    try {
      await connectOnce(client, options.signal);
      return ok({ client, tls: isPlain() ? false : tls, wire });
    } catch (error) {
      client.connection.stream.destroy();
      if (options.signal?.aborted) return fail(failure('interrupted', `${showAddress(address)}: interrupted while connecting`));
      first ??= error;
      const isLast = index === attempts.value.length - 1 || (tls !== false && isPlain());
      if (isLast || !otherWayMayHelp(error)) return fail(connectionFailure(isLast && index > 0 ? moreTelling(first, error) : error, address));
    }
  }
  throw new Error('no way to connect was tried');
}

/** Whether plain instead of TLS (or the reverse) could succeed: not when nobody listens, and not when the password is wrong. */
function otherWayMayHelp(error: unknown): boolean {
  if (isServerError(error)) return error.code === '28000';
  return connectionFailureIsTls(error);
}

function connectionFailureIsTls(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return /SSL|CERT|EPROTO|ECONNRESET/.test(code) || /SSL|Connection terminated/.test(error.message);
}

/** Of two failed attempts: what a server said is worth more than "no TLS here". */
function moreTelling(first: unknown, second: unknown): unknown {
  return isServerError(second) || !isServerError(first) ? second : first;
}

/** The driver's client without its own reading of PG* variables: what isn't in the address isn't sent. */
class PlainClient extends pg.Client {
  startup: Record<string, string> = {};
  getStartupConf(): Record<string, string> {
    return this.startup;
  }
}

function makeClient(address: Address, tls: TlsAttempt, options: LogIn): Pick<LoggedIn, 'client' | 'wire'> {
  const wire = new Wire();
  const client = new PlainClient({
    // The driver connects to this; for TLS, the names win that come with `ssl`.
    host: address.hostAddress ?? address.host,
    port: address.port,
    user: address.user,
    database: address.database,
    password: () => address.password?.reveal() ?? '',
    ssl: tls === false ? false : { ...tls, ...(address.hostAddress === undefined ? {} : namesForTls(address)) },
    sslnegotiation: 'postgres',
    enableChannelBinding: tls !== false && address.channelBinding === 'require',
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    connectionTimeoutMillis: options.timeoutMs,
    types: typeParsers,
    stream: () => wire.makeSocket(),
  });
  client.startup = { user: address.user, database: address.database, application_name: options.applicationName };
  if (options.startupOptions !== '') client.startup.options = options.startupOptions;
  // Without a listener the death of an idle connection would end the process.
  client.on('error', () => {});
  guardParser(client, wire);
  if (address.channelBinding === 'require') requireChannelBinding(client);
  if (options.onParameter !== undefined) {
    const tell = options.onParameter;
    client.connection.on('parameterStatus', (message: { parameterName: string; parameterValue: string }) =>
      tell(message.parameterName, message.parameterValue),
    );
  }
  return { client, wire };
}

/** Turns an exception of the protocol parser (an unknown way of authentication) into a failed connection instead of a crash. */
function guardParser(client: pg.Client, wire: Wire): void {
  const connection = client.connection as pg.Connection & { attachListeners(stream: NodeJS.ReadableStream): void };
  const attach = connection.attachListeners.bind(connection);
  connection.attachListeners = (stream) => {
    const others = stream.listeners('data');
    attach(stream);
    const parse = stream.listeners('data').find((listener) => !others.includes(listener)) as ((data: Buffer) => void) | undefined;
    if (parse === undefined) return;
    stream.removeListener('data', parse);
    const take = wire.attach(parse, (error) => {
      connection.emit('error', error);
      connection.stream.destroy();
    });
    stream.on('data', take);
  };
}

/** channel_binding=require: the log-in must be SCRAM bound to the TLS channel, and nothing less. */
function requireChannelBinding(client: pg.Client): void {
  let bound = false;
  const refuse = () => {
    client.connection.emit('error', new Error('channel binding is required, and the server did not offer it'));
    client.connection.stream.destroy();
  };
  client.connection.prependListener('authenticationSASL', (message: { mechanisms: readonly string[] }) => {
    bound = message.mechanisms.includes('SCRAM-SHA-256-PLUS');
    if (!bound) refuse();
  });
  for (const weaker of ['authenticationCleartextPassword', 'authenticationMD5Password']) client.connection.prependListener(weaker, refuse);
  client.connection.prependListener('authenticationOk', () => {
    if (!bound) refuse();
  });
}

async function connectOnce(client: pg.Client, signal: AbortSignal | undefined): Promise<void> {
  const stop = () => client.connection.stream.destroy(new Error('interrupted'));
  signal?.addEventListener('abort', stop, { once: true });
  try {
    await client.connect();
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
