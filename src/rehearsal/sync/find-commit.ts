import { setTimeout as sleep } from 'node:timers/promises';
import { FailureError, SqlError } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { CommitEnd, TransactionMark } from '../../sync/tables/commit-steps.ts';
import { openWriter, type ProvenStaging } from './open-sides.ts';

/** A session whose connection broke may not know yet, and work on. */
const patienceMs = 1_000;
const longestMs = 15_000;
const pauseMs = 250;

/** What became of a transaction, and whether this is still the server that had it. https://www.postgresql.org/docs/current/functions-info.html */
const statusQuery = `
  select pg_catalog.pg_xact_status($1::pg_catalog.xid8) as "status",
         pg_catalog.pg_postmaster_start_time()::pg_catalog.text = $2 as "isSameServer"`;

/** Ends the one session of ours that nobody hears any more, so that its transaction ends too. */
const endQuery = `
  select pg_catalog.pg_terminate_backend(pid)
    from pg_catalog.pg_stat_activity
   where pid = $1 and backend_xid = $2::pg_catalog.xid8::pg_catalog.xid`;

/**
 * Asks staging, by a new connection, what became of a transaction whose end nobody heard of; also after an interrupt. `unknown`: staging can't be reached for 15
 * seconds, doesn't know the number any more, or has started anew, so that the number may be another transaction's.
 */
export async function findCommit(context: Context, staging: ProvenStaging, mark: TransactionMark): Promise<CommitEnd> {
  const startedAt = performance.now();
  const asking = { ...context, signal: AbortSignal.timeout(longestMs) };
  while (!asking.signal.aborted) {
    try {
      const opened = await openWriter(asking, staging, 'UTF8');
      if (opened.ok) {
        await using session = opened.value;
        const end = await lookUntilEnded(session, mark, startedAt, asking.signal);
        if (end !== undefined) return end;
      }
    } catch (error) {
      if (!(error instanceof SqlError || error instanceof FailureError)) throw error;
      // It has forgotten the number, or never had it: the commit is in none of what it kept.
      if (error instanceof SqlError && error.fields.sqlstate.startsWith('22')) return 'unknown';
    }
    await sleep(pauseMs);
  }
  return 'unknown';
}

async function lookUntilEnded(session: Session, { id, backendPid, serverSince }: TransactionMark, startedAt: number, signal: AbortSignal) {
  while (!signal.aborted) {
    const [row] = await session.query<{ status: string | null; isSameServer: boolean }>(statusQuery, [id, serverSince]);
    if (row?.status === 'aborted') return 'aborted';
    if (row?.status === 'committed') return row.isSameServer ? 'committed' : 'unknown';
    if (row?.status !== 'in progress') return 'unknown';
    if (performance.now() - startedAt > patienceMs) await session.query(endQuery, [backendPid, id]);
    await sleep(pauseMs);
  }
  return undefined;
}
