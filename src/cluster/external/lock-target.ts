import { setTimeout as sleep } from 'node:timers/promises';
import type { Context, Session } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { interrupted } from '../interrupted.ts';

/** Two random numbers that stand for "the roles of this server" among advisory locks. */
const lockKeys = '1885829480, 926430027';
const lookAgainMs = 250;

/**
 * Waits until no other rehearsal works on the server, and keeps others waiting until the session is closed: roles belong to a whole server, so that
 * two rehearsals at once could change each other's. A lock goes with its session, so a killed run holds nobody up.
 *
 * @param waiting called once, when there is something to wait for
 */
export async function lockTarget(context: Context, address: Address, waiting: () => void): Promise<Result<Session>> {
  const opened = await openMeetingPlace(context, address);
  if (!opened.ok) return opened;
  const session = opened.value;
  try {
    await session.execute(`set statement_timeout = 0; ${session.serverVersionNum >= 140_000 ? 'set idle_session_timeout = 0' : ''}`);
    for (let told = false; !(await tryLock(session)); told = true) {
      if (!told) waiting();
      await sleep(lookAgainMs, undefined, { signal: context.signal }).catch(() => {});
      const stopped = interrupted(context);
      if (stopped !== undefined) {
        await session.close();
        return fail(stopped);
      }
    }
    return ok(session);
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Whether the lock was free, and is ours now. */
export async function tryLock(session: Session): Promise<boolean> {
  const [row] = await session.query<{ locked: boolean }>(`select pg_catalog.pg_try_advisory_lock(${lockKeys}) as locked`);
  return row?.locked === true;
}

/** Advisory locks are seen within one database only, so all meet in the one that nearly every server has. */
async function openMeetingPlace(context: Context, address: Address): Promise<Result<Session>> {
  const options = { applicationName: 'pgrehearse lock', signal: context.signal };
  const usual = await context.edge.postgres.connect({ ...address, database: 'postgres' }, options);
  return usual.ok ? usual : await context.edge.postgres.connect(address, options);
}
