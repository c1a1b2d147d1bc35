import { type Failure, failure, SqlError } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type Address, showAddress } from '../../core/server.ts';

/** A server that isn't ours, on which we may have databases of our own. */
export interface TargetServer {
  /** Superuser access to a database that is there anyway: only the way in, nothing is ever changed in it. */
  readonly address: Address;
  readonly major: number;
  /** As `show server_version` says. */
  readonly version: string;
  /** Of its control file: a later gc must be sure that it talks to the same server. */
  readonly identifier: string;
  /** The environment variable that the address came from; absent where it stands in the configuration. */
  readonly urlVariable?: string;
}

export interface TargetAddress {
  readonly address: Address;
  readonly urlVariable?: string;
}

/** What has to be known of a server before anything is made on it. */
const serverQuery = `
select pg_catalog.current_setting('server_version') as version, r.rolsuper as superuser, pg_catalog.pg_is_in_recovery() as standby
  from pg_catalog.pg_roles r
 where r.rolname = current_user`;

/** Whose copy of which server is it? Superusers only, so it is asked once the role is known to be one. */
const identifierQuery = 'select system_identifier::text as identifier from pg_catalog.pg_control_system()';

/**
 * Looks at a server that clones are to live on; changes nothing. Fails with `target-unreachable`, with `privileges-missing` when the role is no
 * superuser, `target-unfit` for a standby, and what logging in fails with.
 */
export async function openTarget(context: Context, { address, urlVariable }: TargetAddress): Promise<Result<TargetServer>> {
  return await onTarget(context, address, async (session) => {
    const [server] = await session.query<{ version: string; superuser: boolean; standby: boolean }>(serverQuery);
    const shown = showAddress(address);
    if (server?.superuser !== true) {
      return fail(
        failure('privileges-missing', `${address.user} is no superuser on the target ${shown}.`, {
          object: address.user,
          cure: 'Name a superuser of that server: extensions, event triggers and owners of a copy need one (in docker-compose, POSTGRES_USER is one).',
        }),
      );
    }
    if (server.standby) return fail(failure('target-unfit', `The target ${shown} is a standby, where nothing can be made.`, { object: shown }));
    const [control] = await session.query<{ identifier: string }>(identifierQuery);
    return ok({
      address,
      major: Math.floor(session.serverVersionNum / 10_000),
      version: server.version,
      identifier: control?.identifier ?? '',
      ...(urlVariable === undefined ? {} : { urlVariable }),
    });
  });
}

/** What a ledger line holds of a server: enough to find it again, and never a password. */
export function targetFacts({ address, identifier, urlVariable }: TargetServer): Resource['facts'] {
  const { host, port, user, database } = address;
  return { host, port, user, via: database, server: identifier, ...(urlVariable === undefined ? {} : { urlVariable }) };
}

/** Lends a session to the target; what goes wrong on it is told as the target's, not as the source's. */
export async function onTarget<T>(context: Context, address: Address, use: (session: Session) => Promise<Result<T>>, timeoutMs?: number): Promise<Result<T>> {
  const options = { applicationName: 'pgrehearse', signal: context.signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  const connected = await context.edge.postgres.connect(address, options);
  if (!connected.ok) return fail(ofTarget(connected.failure, address));
  await using session = connected.value;
  try {
    // Messages are read below in English; this changes nothing but our own session.
    await session.execute("set lc_messages = 'C'; set statement_timeout = 0; set lock_timeout = 0; set default_transaction_read_only = off").catch(() => {});
    return await use(session);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    // A statement may hold a password.
    const { statement: _, ...sql } = error.fields;
    const lost = /^(08|57P)/.test(sql.sqlstate);
    return fail(failure(lost ? 'target-unreachable' : 'target-failed', `The target ${showAddress(address)}: ${sql.message}.`, { sql }));
  }
}

function ofTarget(cause: Failure, address: Address): Failure {
  if (cause.code !== 'source-unreachable') return cause;
  return failure('target-unreachable', `The target ${showAddress(address)} can’t be reached: ${cause.message}`, { object: showAddress(address) });
}
