import { failure, SqlError } from '../core/failure.ts';
import type { Context, Session } from '../core/ports.ts';
import { fail, type Result } from '../core/result.ts';
import { type Address, showAddress } from '../core/server.ts';

/** Lends a session to a server of ours; its errors become `image-failed` or `server-lost`. */
export async function withSession<T>(context: Context, address: Address, use: (session: Session) => Promise<Result<T>>): Promise<Result<T>> {
  const connected = await context.edge.postgres.connect(address, { applicationName: 'pgrehearse', signal: context.signal });
  if (!connected.ok) return connected;
  await using session = connected.value;
  return await inSession(session, address, use);
}

/** The same in a session that is there already. */
export async function inSession<T>(session: Session, address: Address, use: (session: Session) => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await use(session);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    const lost = error.fields.sqlstate.startsWith('08') || error.fields.sqlstate.startsWith('57P');
    return fail(failure(lost ? 'server-lost' : 'image-failed', `our server ${showAddress(address)}: ${error.message}`, { sql: error.fields }));
  }
}
