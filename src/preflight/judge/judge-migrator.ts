import { countOf } from '../../core/count-of.ts';
import type { PreflightFinding } from '../../core/preflight.ts';
import { isKnown, type Known, type Production } from '../../core/production.ts';
import { go, noGo, rehearseAgain, unknown } from '../finding.ts';
import type { MigratorState } from '../read/read-migrator.ts';
import type { ServerState } from '../read/read-server.ts';
import type { Rehearsed } from '../rehearsed.ts';

export interface MigratorInput {
  /** As configured. */
  readonly role: string | undefined;
  /** Undefined in it: there is no such role. */
  readonly state: Known<MigratorState | undefined>;
  readonly was: Production['tables'];
  readonly is: Production['tables'];
  readonly rehearsed: Rehearsed;
}

/** Could the role that migrates log in now, and has it the rights with which it was rehearsed, on the tables that it will lock? Nobody tries. Pure. */
export function judgeMigrator({ role, state, was: tablesThen, is: tablesNow, rehearsed }: MigratorInput): PreflightFinding {
  const check = 'migrator';
  if (role === undefined) return unknown(check, 'Who migrates production isn’t known.', { cure: 'Set migrate.role.' });
  if (!isKnown(state)) return unknown(check, `${role} could not be looked up: ${state.unknown}.`);
  if (state.value === undefined) return noGo(check, `Production has no role ${role}.`, { cure: rehearseAgain });
  const { canLogin, expired, mayConnect, connectionLimit, connections, superuser } = state.value;
  const against = [
    ...(canLogin ? [] : [`${role} may not log in (NOLOGIN).`]),
    ...(expired ? [`The password of ${role} has expired.`] : []),
    ...(mayConnect ? [] : [`${role} may not connect to this database.`]),
    ...(connectionLimit >= 0 && connections >= connectionLimit ? [`${role} has all of its ${connectionLimit} connections in use.`] : []),
  ];
  if (!isKnown(tablesThen)) return lacking(check, against, `What rights ${role} had isn’t known: ${tablesThen.unknown}.`);
  if (!isKnown(tablesNow)) return lacking(check, against, `The rights of ${role} could not be read: ${tablesNow.unknown}.`);
  const [before, after] = [rightsByTable(tablesThen.value), rightsByTable(tablesNow.value)];
  // Where not all tables are known, every table counts.
  const tables = rehearsed.incomplete === undefined ? rehearsed.tables.map(({ table }) => table) : [...before.keys()];
  for (const table of tables) {
    const [was, is] = [before.get(table), after.get(table)];
    if (was === undefined) continue;
    if (is === undefined) against.push(`${table} is gone.`);
    else {
      const gone = was.filter((right) => !is.includes(right));
      if (gone.length > 0) against.push(`${role} lacks ${gone.join(', ')} on ${table} now.`);
    }
  }
  if (against.length > 0) return lacking(check, against, '');
  const known = tables.filter((table) => before.has(table)).length;
  return go(check, `${role} may log in${superuser ? ', as a superuser' : ''}, with the rights on ${countOf(known, 'table')} that it had.`);
}

function lacking(check: 'migrator', against: readonly string[], doubt: string): PreflightFinding {
  const [first] = against;
  if (first === undefined) return unknown(check, doubt);
  return noGo(check, first, { reasons: against, cure: 'Give the role what it lacks, or rehearse again without.' });
}

function rightsByTable(tables: readonly { readonly table: string; readonly rights: readonly string[] }[]): ReadonlyMap<string, readonly string[]> {
  return new Map(tables.map(({ table, rights }) => [table, rights]));
}

/** Are there connections left? Pure. */
export function judgeConnections(server: Known<ServerState>, maxPercent: number): PreflightFinding {
  const check = 'connections';
  if (!isKnown(server)) return unknown(check, `The server could not be asked: ${server.unknown}.`);
  const { connections, maxConnections, reservedConnections, databaseConnections, databaseConnectionLimit } = server.value;
  const usable = maxConnections - reservedConnections;
  const limit = Math.floor((usable * maxPercent) / 100);
  const cure = 'Wait for a quieter moment, or end sessions that nobody needs.';
  if (connections > limit) return noGo(check, `${connections} of ${usable} connections are in use; ${maxPercent} % are allowed.`, { cure });
  if (databaseConnectionLimit >= 0 && databaseConnections >= databaseConnectionLimit) {
    return noGo(check, `All ${databaseConnectionLimit} connections that the database allows are in use.`, { cure });
  }
  return go(check, `${connections} of ${usable} connections are in use.`);
}
