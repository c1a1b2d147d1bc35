import { setTimeout as sleep } from 'node:timers/promises';
import { SqlError } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { Address } from '../core/server.ts';

/** How long a server may take to notice that clients have gone, in milliseconds, before their sessions are ended by force. */
const patienceMs = 500;
/** After that nothing more can be done: a server that doesn't end what it was told to end is about to be thrown away anyway. */
const giveUpMs = 10_000;

/** Which of these processes are still sessions of this database. A number may have been given to somebody else since: only ours call themselves so. */
const leftQuery = `
select a.pid
from pg_catalog.pg_stat_activity a
where a.pid = any ($1::int[]) and a.datname = pg_catalog.current_database() and a.application_name like 'pgrehearse %'
order by 1`;

/**
 * Waits until these sessions, whose connections are closed, are gone from the server, and ends those that don't go by themselves: one that waits for a
 * lock doesn't notice that its client has left. A server that can't be reached any more has none.
 */
export async function endSessions(context: Context, admin: Address, pids: readonly number[]): Promise<void> {
  if (pids.length === 0) return;
  // Also when the run was interrupted: so without its signal.
  const connected = await context.edge.postgres.connect(admin, { applicationName: 'pgrehearse' });
  if (!connected.ok) return;
  await using session = connected.value;
  const startedAt = performance.now();
  try {
    for (let pause = 5; ; pause = Math.min(pause * 2, 200)) {
      const left = await session.query<{ pid: number }>(leftQuery, [pids]);
      if (left.length === 0 || performance.now() - startedAt > giveUpMs) return;
      if (performance.now() - startedAt > patienceMs)
        await session.query('select pg_catalog.pg_terminate_backend(pid) from pg_catalog.unnest($1::int[]) pid', [left.map(({ pid }) => pid)]);
      await sleep(pause);
    }
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
  }
}
