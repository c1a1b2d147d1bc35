import type { ConnectOptions, Session } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { connectionFailure, optionsDropped } from './connection-failure.ts';
import { logIn } from './log-in.ts';
import { PgSession } from './session.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** A forgotten snapshot on production must not hold back vacuum for ever; a copy may well idle for hours in its transaction. */
const IDLE_IN_TRANSACTION_MS = 12 * 3_600_000;

/** The reported server_version may be a pooler's invention and lacks the number. */
const WHO_ANSWERS = `select pg_catalog.current_setting('server_version_num')::int as version, pg_catalog.pg_backend_pid() as pid,
  pg_catalog.current_setting('default_transaction_read_only') as "readOnly"`;

/**
 * Opens a session. It ends, with what it is running, when the signal aborts.
 *
 * @example const session = await connect(address, { applicationName: 'pgrehearse', readOnly: { statementTimeoutMs: 0, lockTimeoutMs: 5_000 } });
 */
export async function connect(address: Address, options: ConnectOptions = {}): Promise<Result<Session>> {
  const loggedIn = await logIn(address, {
    applicationName: options.applicationName ?? 'pgrehearse',
    timeoutMs: options.timeoutMs ?? CONNECT_TIMEOUT_MS,
    startupOptions: [startupOptions(address, options.readOnly), ...secretOptions(options.secretSettings)].join(' ').trim(),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  if (!loggedIn.ok) return loggedIn;
  const { client } = loggedIn.value;
  try {
    const askedAt = performance.now();
    const { rows } = await client.query<{ version: number; pid: number; readOnly: string }>(WHO_ANSWERS);
    options.onStatement?.({ text: WHO_ANSWERS, durationMs: performance.now() - askedAt });
    if (options.readOnly !== undefined && rows[0]?.readOnly !== 'on') {
      client.connection.stream.destroy();
      return fail(optionsDropped(address));
    }
    const server = { serverVersionNum: rows[0]?.version ?? 0, backendPid: rows[0]?.pid ?? 0 };
    return ok(new PgSession(address, loggedIn.value, server, options.signal, options.onStatement));
  } catch (error) {
    client.connection.stream.destroy();
    return fail(connectionFailure(error, address));
  }
}

/** Values that no statement may show. Only what needs no quoting is let through. */
function secretOptions(settings: ConnectOptions['secretSettings'] = {}): readonly string[] {
  return Object.entries(settings).map(([name, secret]) => {
    const value = secret.reveal();
    if (!/^[0-9A-Za-z]+$/.test(value)) throw new Error(`the value of ${name} is not made of letters and digits`);
    return `-c ${name}=${value}`;
  });
}

/** Limits that hold from the first moment on, since they come with the log-in; they stand last and so win over the address's own options. */
function startupOptions(address: Address, readOnly: ConnectOptions['readOnly']): string {
  if (readOnly === undefined) return address.options ?? '';
  const settings = {
    default_transaction_read_only: 'on',
    statement_timeout: readOnly.statementTimeoutMs,
    lock_timeout: readOnly.lockTimeoutMs,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    // Should this machine vanish, production notices within two minutes and drops the snapshot.
    tcp_keepalives_idle: 60,
    tcp_keepalives_interval: 10,
    tcp_keepalives_count: 6,
  };
  const ours = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  return [address.options ?? '', ...ours].join(' ').trim();
}
