import { heldRelationsQuery, readHeld } from './held-relations.ts';
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
 * What to ask for in and outside of a transaction block. Outside there is nothing to be seen, but the counters of the session are handed in,
 * so that the next transaction's begin at zero.
 */
export function sessionLooks(databaseOid: number, serverVersionNum: number): SessionLooks {
  return {
    inBlock: { name: 'pgrehearse_in_block', text: `select ${settings}, (${heldRelationsQuery(databaseOid)})` },
    idle: {
      name: 'pgrehearse_idle',
      text: `select ${settings}${serverVersionNum >= 150_000 ? ', pg_catalog.pg_stat_force_next_flush()::pg_catalog.text' : ''}`,
    },
  };
}

/** Asks a session about itself; undefined where it gave no answer. */
export async function lookInSession(ask: Ask, statement: Statement): Promise<SessionLook | undefined> {
  const rows = await ask(statement, []);
  const row = rows?.[0];
  if (row === undefined) return undefined;
  const [lockTimeout, statementTimeout, eventTriggers, held] = row;
  return {
    lockTimeoutMs: readDuration(lockTimeout ?? ''),
    statementTimeoutMs: readDuration(statementTimeout ?? ''),
    eventTriggers: eventTriggers !== 'off',
    ...(held === null || held === undefined || held === '' ? {} : { held: readHeld(JSON.parse(held)) }),
  };
}
