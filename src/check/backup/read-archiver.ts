import type { Session } from '../../core/ports.ts';

/** What a server says of its WAL archiver. Times are ISO 8601; null: never, since its counters began. */
export interface ArchiverFacts {
  /** `on`, `always` or `off`. */
  readonly mode: string;
  readonly isStandby: boolean;
  /** archive_command, or archive_library where that is set; null: the role may not see it. */
  readonly keptBy: string | null;
  readonly lastArchivedAt: string | null;
  readonly lastFailedAt: string | null;
  readonly lastFailedWal: string | null;
}

const archiverQuery = `
select pg_catalog.current_setting('archive_mode') as mode, pg_catalog.pg_is_in_recovery() as "isStandby",
  coalesce(nullif(pg_catalog.current_setting('archive_library', true), ''), pg_catalog.current_setting('archive_command', true)) as "keptBy",
  pg_catalog.to_char(a.last_archived_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "lastArchivedAt",
  pg_catalog.to_char(a.last_failed_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "lastFailedAt",
  a.last_failed_wal as "lastFailedWal"
from pg_catalog.pg_stat_archiver a`;

/** Asks a server for its WAL archiver; only reads. Throws SqlError. */
export async function readArchiver(session: Session): Promise<ArchiverFacts> {
  const [row] = await session.query<ArchiverFacts>(archiverQuery);
  if (row === undefined) throw new Error('pg_stat_archiver has no row');
  return row;
}
