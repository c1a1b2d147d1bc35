import { type HeldRelation, heldRelationsQuery, readHeld } from './held-relations.ts';
import type { Ask } from './proxy/contract.ts';
import type { SessionLook } from './recorder-log.ts';
import { readDuration } from './trigger-report.ts';

type Statement = Parameters<Ask>[0];

/** The statements that are put into the migration's sessions. */
export interface SessionLooks {
  readonly inBlock: Statement;
  readonly idle: Statement;
}

const settings = `pg_catalog.current_setting('lock_timeout'), pg_catalog.current_setting('statement_timeout'),
  coalesce(pg_catalog.current_setting('event_triggers', true), 'on')`;

/**
 * What to ask for in and outside of a transaction block. Outside no lock is held any more, but the session still has what it counted of the relations
 * that it is asked about; then its counters are handed in, so that the next transaction's begin at zero.
 */
export function sessionLooks(databaseOid: number, serverVersionNum: number): SessionLooks {
  const flush = serverVersionNum >= 150_000 ? ', pg_catalog.pg_stat_force_next_flush()::pg_catalog.text' : '';
  return {
    inBlock: { name: 'pgrehearse_in_block', text: `select ${settings}, (${heldRelationsQuery(databaseOid)})` },
    idle: {
      name: 'pgrehearse_idle',
      text: `select ${settings}, (
    select coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(o.oid::pg_catalog.int8, 0, null, null, null, 0, 0,
      pg_catalog.pg_stat_get_xact_numscans(o.oid), pg_catalog.pg_stat_get_xact_tuples_returned(o.oid), pg_catalog.pg_stat_get_xact_tuples_inserted(o.oid),
      pg_catalog.pg_stat_get_xact_tuples_updated(o.oid), pg_catalog.pg_stat_get_xact_tuples_deleted(o.oid), null)), '[]'::pg_catalog.json)::pg_catalog.text
    from pg_catalog.unnest($1::pg_catalog.oid[]) o (oid))${flush}`,
    },
  };
}

/** Asks a session in a transaction block about itself; undefined where it gave no answer. */
export async function lookInBlock(ask: Ask, { inBlock }: SessionLooks): Promise<SessionLook | undefined> {
  const seen = await look(ask, inBlock, []);
  return seen && { ...seen.settings, held: seen.relations };
}

/** Asks a session that has no transaction open; `relations` are those that its last statement may have read or written. */
export async function lookWhenIdle(ask: Ask, { idle }: SessionLooks, relations: readonly number[]): Promise<SessionLook | undefined> {
  const seen = await look(ask, idle, [`{${relations.join(',')}}`]);
  return seen && { ...seen.settings, ...(relations.length === 0 ? {} : { counted: seen.relations }) };
}

async function look(
  ask: Ask,
  statement: Statement,
  values: readonly string[],
): Promise<{ readonly settings: SessionLook; readonly relations: readonly HeldRelation[] } | undefined> {
  const [row] = (await ask(statement, values)) ?? [];
  if (row === undefined) return undefined;
  const [lockTimeout, statementTimeout, eventTriggers, relations] = row;
  return {
    settings: {
      lockTimeoutMs: readDuration(lockTimeout ?? ''),
      statementTimeoutMs: readDuration(statementTimeout ?? ''),
      eventTriggers: eventTriggers !== 'off',
    },
    relations: readHeld(JSON.parse(relations ?? '[]')),
  };
}
