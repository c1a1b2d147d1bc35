import { failure, SqlError } from '../core/failure.ts';
import type { Context, Session } from '../core/ports.ts';
import { fail, type Result } from '../core/result.ts';
import type { Address } from '../core/server.ts';

/** Connects to a server of ours for as long as the body runs. An SqlError that the body doesn't expect is `check-failed`, or `interrupted` where we were told to stop. */
export async function withSession<T>(context: Context, address: Address, body: (session: Session) => Promise<Result<T>>): Promise<Result<T>> {
  const connected = await context.edge.postgres.connect(address, { applicationName: 'pgrehearse', signal: context.signal });
  if (!connected.ok) return connected;
  await using session = connected.value;
  try {
    return await body(session);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    // Its statement was cancelled by us: nothing is wrong with it.
    if (context.signal.aborted) return fail(failure('interrupted', 'the work was interrupted'));
    return fail(failure('check-failed', error.fields.message, { sql: error.fields }));
  }
}
