import type { Session } from '../../core/ports.ts';

/**
 * What shows that nobody wrote to a server that was restored for us. Transaction ids say nothing there: the cloud gives out some of its own, and so does
 * whoever gathers statistics. Rows that were written are counted, by every server and for every role to see; what empties or rewrites a table gives it another file.
 */
export interface ThrowawayState {
  readonly database: string;
  /** Rows of the database's own tables that were inserted, changed or deleted since the server's counters began. */
  readonly written: string;
  /** A hash of its tables and the files they lie in. */
  readonly files: string;
}

/** Reads the state as it is now, whatever the transaction's snapshot. Throws SqlError. */
export async function readThrowawayState(session: Session): Promise<ThrowawayState> {
  // What was read of the counters before would be shown again.
  await session.query('select pg_catalog.pg_stat_clear_snapshot()');
  const [row] = await session.query<ThrowawayState>(`
    select (select oid::text from pg_catalog.pg_database where datname = pg_catalog.current_database()) as "database",
           (select coalesce(pg_catalog.sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::text from pg_catalog.pg_stat_user_tables) as "written",
           (select pg_catalog.hashtextextended(coalesce(pg_catalog.string_agg(c.oid || ' ' || pg_catalog.pg_relation_filenode(c.oid), ',' order by c.oid), '') collate "C", 0)::text
              from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
             where c.relkind in ('r', 'm') and c.relpersistence <> 't' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_') as "files"`);
  if (row === undefined) throw new Error('the state of the source gave no row');
  return row;
}

/** Why two states aren't the same data, as the end of a sentence; undefined when they are. */
export function throwawayDifference(before: ThrowawayState, now: ThrowawayState): string | undefined {
  if (before.database !== now.database) return 'another database answers';
  if (before.written !== now.written)
    return `rows were written since (counted were ${before.written}, now ${now.written}), perhaps by a job of the server’s own`;
  if (before.files !== now.files) return 'tables were made, emptied, rewritten or dropped since';
  return undefined;
}
