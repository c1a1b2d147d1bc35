import type { Session } from '../../core/ports.ts';

/**
 * What proves that a server shows the same data at two moments: it is the same cluster, on the same timeline, and no transaction id was given
 * out in between, as the transaction's snapshot tells. Without a new transaction nothing that a snapshot sees can change.
 */
export interface SourceState {
  readonly system: string;
  readonly timeline: string;
  readonly database: string;
  /** `xmin:xmax:running`, as pg_current_snapshot gives it. */
  readonly snapshot: string;
}

/** Reads the state in the transaction that holds the source's snapshot. Throws SqlError. */
export async function readSourceState(session: Session): Promise<SourceState> {
  const [row] = await session.query<SourceState>(`
    select (select system_identifier::text from pg_catalog.pg_control_system()) as "system",
           (select timeline_id::text from pg_catalog.pg_control_checkpoint()) as "timeline",
           (select oid::text from pg_catalog.pg_database where datname = pg_catalog.current_database()) as "database",
           pg_catalog.pg_current_snapshot()::text as "snapshot"`);
  if (row === undefined) throw new Error('the state of the source gave no row');
  return row;
}

/** Why two states aren't the same data, as the end of a sentence; undefined when they are. */
export function stateDifference(before: SourceState, now: SourceState): string | undefined {
  if (before.system !== now.system || before.database !== now.database) return 'it was begun from another server or database';
  if (before.timeline !== now.timeline) return 'the server was promoted since';
  if (before.snapshot !== now.snapshot) return `the server gave out transactions since (its snapshot was ${before.snapshot}, now it is ${now.snapshot})`;
  return undefined;
}
