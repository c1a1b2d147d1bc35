import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '../../core/ports.ts';

/** Whether this very process is still there: a number may be given again, a start time isn't. */
const aliveQuery = `
select a.backend_start::text as started
from pg_catalog.pg_stat_activity a
where a.pid = $1`;

const pauseMs = 5;

/** Ends a session's process on the server, as a lost connection does in the end, and waits until it is gone: what it had not committed is undone then. Throws SqlError. */
export async function endSession(admin: Session, pid: number): Promise<void> {
  const started = async () => (await admin.query<{ started: string }>(aliveQuery, [pid]))[0]?.started;
  const first = await started();
  if (first === undefined) return;
  await admin.query('select pg_catalog.pg_terminate_backend($1)', [pid]);
  while ((await started()) === first) await sleep(pauseMs);
}
