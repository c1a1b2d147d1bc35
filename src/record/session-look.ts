import { countedRelationsQuery, type HeldNews, heldRelationsQuery, readHeld } from './held-relations.ts';
import type { Ask } from './proxy/contract.ts';
import type { SessionLook } from './recorder-log.ts';
import { readDuration } from './trigger-report.ts';

type Statement = Parameters<Ask>[0];

/** The statements that are put into the migration's sessions. */
export interface SessionLooks {
  readonly inBlock: Statement;
  readonly idle: Statement;
}

const always = `pg_catalog.current_setting('lock_timeout'), pg_catalog.current_setting('statement_timeout'),
  coalesce(pg_catalog.current_setting('event_triggers', true), 'on'), pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')`;

const listed = (told: string) => `coalesce((select pg_catalog.json_agg(r.told) from (${told}) r)::pg_catalog.text, '[]')`;

/**
 * What to ask for in and outside of a transaction block. Outside no lock is held any more, but the session still has what it counted of the relations
 * that it is asked about; then its counters are handed in, so that the next transaction's begin at zero.
 */
export function sessionLooks(databaseOid: number, serverVersionNum: number): SessionLooks {
  const flush = serverVersionNum >= 150_000 ? ', pg_catalog.pg_stat_force_next_flush()::pg_catalog.text' : '';
  return {
    inBlock: {
      name: 'pgrehearse_in_block',
      text: `select ${always}, ${listed(heldRelationsQuery({ databaseOid, known: '$1::pg_catalog.jsonb', sizes: 'true' }))}`,
    },
    idle: { name: 'pgrehearse_idle', text: `select ${always}, ${listed(countedRelationsQuery('$1::pg_catalog.oid[]'))}${flush}` },
  };
}

/** Asks a session in a transaction block about itself; undefined where it gave no answer. `known`: prints that needn't be told again. */
export async function lookInBlock(ask: Ask, { inBlock }: SessionLooks, known: ReadonlyMap<number, string>): Promise<SessionLook | undefined> {
  const seen = await look(ask, inBlock, [JSON.stringify(Object.fromEntries(known))]);
  return seen && { ...seen.always, held: seen.relations };
}

/** Asks a session that has no transaction open; `relations` are those that its last statement may have read or written. */
export async function lookWhenIdle(ask: Ask, { idle }: SessionLooks, relations: readonly number[]): Promise<SessionLook | undefined> {
  const seen = await look(ask, idle, [`{${relations.join(',')}}`]);
  return seen && { ...seen.always, ...(relations.length === 0 ? {} : { counted: seen.relations.relations }) };
}

async function look(
  ask: Ask,
  statement: Statement,
  values: readonly string[],
): Promise<{ readonly always: SessionLook; readonly relations: HeldNews } | undefined> {
  const [row] = (await ask(statement, values)) ?? [];
  if (row === undefined) return undefined;
  const [lockTimeout, statementTimeout, eventTriggers, lsn, relations] = row;
  return {
    always: {
      lockTimeoutMs: readDuration(lockTimeout ?? ''),
      statementTimeoutMs: readDuration(statementTimeout ?? ''),
      eventTriggers: eventTriggers !== 'off',
      lsn: Number(lsn),
    },
    relations: readHeld(JSON.parse(relations ?? '[]')),
  };
}
