import { fail, ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { connectionFailure } from './connection-failure.ts';
import { logIn } from './log-in.ts';

const TIMEOUT_MS = 10_000;

/**
 * Asks PgBouncer's admin console for its pools. The console knows neither SQL nor the extended protocol, so this is no session. Fails with what connecting
 * fails with, also where the user may not ask.
 */
export async function showPools(console: Address, signal?: AbortSignal): Promise<Result<readonly Readonly<Record<string, unknown>>[]>> {
  const options = { applicationName: 'pgrehearse', timeoutMs: TIMEOUT_MS, startupOptions: '', ...(signal && { signal }) };
  const loggedIn = await logIn(console, options);
  if (!loggedIn.ok) return loggedIn;
  const { client } = loggedIn.value;
  try {
    const { rows } = await client.query<Record<string, unknown>>('show pools');
    return ok(rows);
  } catch (error) {
    return fail(connectionFailure(error, console));
  } finally {
    client.connection.stream.destroy();
  }
}
