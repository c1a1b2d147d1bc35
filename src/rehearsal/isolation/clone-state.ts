import type { Session } from '../../core/ports.ts';

/** Where a clone stands at an instant: its server’s clock and log. */
export interface CloneState {
  /** ISO 8601, of the clone's server. */
  readonly at: string;
  /** pg_current_wal_lsn(). */
  readonly lsn: string;
}

const stateQuery = `
select pg_catalog.to_char(pg_catalog.clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, pg_catalog.pg_current_wal_lsn()::text as lsn`;

export async function readCloneState(session: Session): Promise<CloneState> {
  const [row] = await session.query<CloneState>(stateQuery);
  if (row === undefined) throw new Error('a query without a table gave no row');
  return row;
}
