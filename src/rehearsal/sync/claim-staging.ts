import { failure } from '../../core/failure.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { OpenStaging } from './open-sides.ts';

/** `pgrh` and `sync` in ASCII. */
const lockKeys = '1885827688, 1937337955';

const holderQuery = `
  select a.pid, a.usename as "role", coalesce(pg_catalog.host(a.client_addr), 'its own machine') as "host",
         pg_catalog.to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') as "since"
    from pg_catalog.pg_locks l
    join pg_catalog.pg_database d on d.oid = l.database and d.datname = pg_catalog.current_database()
    join pg_catalog.pg_stat_activity a on a.pid = l.pid
   where l.locktype = 'advisory' and l.granted and (l.classid, l.objid, l.objsubid) = (${lockKeys}, 2)`;

/**
 * Claims a staging database for one sync, as long as its session lasts: two that fill it in turn would leave tables of two instants. Fails with `sync-failed`,
 * which names who is at work there. Throws SqlError.
 */
export async function claimStaging({ session, label }: OpenStaging): Promise<Result<void>> {
  const [row] = await session.query<{ claimed: boolean }>(`select pg_catalog.pg_try_advisory_lock(${lockKeys}) as claimed`);
  if (row?.claimed === true) return ok();
  const [holder] = await session.query<{ pid: number; role: string | null; host: string; since: string | null }>(holderQuery);
  const who =
    holder === undefined ? '' : `: process ${holder.pid}, of role ${holder.role ?? 'unknown'} from ${holder.host}, since ${holder.since ?? 'unknown'}`;
  return fail(
    failure('sync-failed', `Another sync is at work on staging (${label})${who}.`, {
      object: label,
      cure: `Wait until it has ended${holder === undefined ? '' : `; where its program is gone: select pg_terminate_backend(${holder.pid}) on staging`}.`,
    }),
  );
}
