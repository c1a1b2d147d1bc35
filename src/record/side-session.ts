import { SqlError } from '../core/failure.ts';
import type { Context, Session } from '../core/ports.ts';
import type { LockMode } from '../core/recording.ts';
import { ok, type Result } from '../core/result.ts';
import type { Address } from '../core/server.ts';
import { type HeldRelation, noCounts } from './held-relations.ts';
import { type ListedRelation, listChangedRelations } from './relation-list.ts';

/** Nothing that the side reads can wait for a lock of the migration; should the server stall, nothing may stall with it. */
const STATEMENT_TIMEOUT_MS = 100;
/** Told by it in pg_stat_activity. */
export const recorderName = 'pgrehearse-recorder';

/** A superuser's connection that reads shared memory and committed catalogs, and opens no relation of the user. */
export class SideSession {
  readonly session: Session;
  readonly #databaseOid: number;
  /** The server's clock at the last look, in milliseconds since 1970. */
  #lastLook = 0;
  #horizon: string | undefined;

  constructor(session: Session, databaseOid: number) {
    this.session = session;
    this.#databaseOid = databaseOid;
  }

  /** Where the WAL ends, in bytes. Undefined where the server didn't answer in time. */
  async walEnd(): Promise<number | undefined> {
    const rows = await this.try<{ lsn: number }>(
      "select pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::pg_catalog.float8 as lsn",
      [],
    );
    return rows?.[0]?.lsn;
  }

  /** Sessions that did anything since the last call, or are at it: by the process that leads them. Undefined where the server didn't answer in time. */
  async othersSince(): Promise<readonly number[] | undefined> {
    const rows = await this.try<{ now: number; others: readonly number[] }>(
      `select extract(epoch from pg_catalog.clock_timestamp())::pg_catalog.float8 * 1000 as now,
        array(
          select coalesce(a.leader_pid, a.pid) from pg_catalog.pg_stat_activity a
          where a.application_name <> '${recorderName}'
          and a.backend_type in ('client backend', 'autovacuum worker', 'background worker', 'logical replication apply worker')
          and (a.state is distinct from 'idle' or a.state_change >= pg_catalog.to_timestamp($1::float8 / 1000))
          order by 1
        ) as others`,
      [this.#lastLook],
    );
    const row = rows?.[0];
    if (row === undefined) return undefined;
    this.#lastLook = row.now;
    return row.others;
  }

  /** Locks of a session, as shared memory shows them: without names and counters. */
  async heldBy(pid: number): Promise<readonly HeldRelation[] | undefined> {
    const rows = await this.try<{ oid: number; modes: readonly LockMode[] }>(
      `select l.relation::pg_catalog.int8::pg_catalog.float8 as oid, pg_catalog.array_agg(distinct l.mode) as modes from pg_catalog.pg_locks l
      where l.locktype = 'relation' and l.granted and l.pid = $1 and l.database = $2 and l.relation >= 16384 group by l.relation order by l.relation`,
      [pid, this.#databaseOid],
    );
    return rows?.map(({ oid, modes }) => ({ oid, modes, counts: noCounts }));
  }

  /** Relations whose rows in pg_class were committed since the last call. */
  async changedRelations(): Promise<readonly ListedRelation[] | undefined> {
    try {
      const { relations, seen } = await listChangedRelations(this.session, this.#horizon);
      this.#horizon = seen;
      return relations;
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      return undefined;
    }
  }

  /** A query whose answer may be missing: the server was too busy, or is gone. */
  async try<Row>(text: string, values: readonly unknown[]): Promise<readonly Row[] | undefined> {
    try {
      return await this.session.query<Row>(text, values);
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      return undefined;
    }
  }
}

export async function openSideSession(context: Context, admin: Address, databaseOid: number): Promise<Result<SideSession>> {
  const options = `${admin.options ?? ''} -c statement_timeout=${STATEMENT_TIMEOUT_MS} -c default_transaction_read_only=on -c jit=off`.trim();
  const connected = await context.edge.postgres.connect({ ...admin, options }, { applicationName: recorderName });
  return connected.ok ? ok(new SideSession(connected.value, databaseOid)) : connected;
}
