import type { Session } from '../core/ports.ts';
import type { TableActivity } from './traffic-table.ts';

/** Reads and rows written of each table since the statistics began; partitions count for their root. */
const activityQuery = `
select n.nspname as schema, c.relname as "table",
       sum(coalesce(s.seq_scan, 0) + coalesce(s.idx_scan, 0))::float8 as reads, sum(s.n_tup_ins + s.n_tup_upd + s.n_tup_del)::float8 as writes
from pg_catalog.pg_stat_user_tables s
join pg_catalog.pg_class c on c.oid = coalesce(pg_catalog.pg_partition_root(s.relid), s.relid)
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
group by 1, 2
order by 1, 2`;

/**
 * How busy each table of the source is; best read from the primary, since a standby counts its own reads only. Throws SqlError.
 *
 * @param session on the source, read-only
 */
export async function readActivity(session: Session): Promise<readonly TableActivity[]> {
  return await session.query<TableActivity>(activityQuery);
}
