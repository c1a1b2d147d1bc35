import { SqlError } from '../core/failure.ts';
import type { Session } from '../core/ports.ts';
import type { ApplicationQuery } from '../core/queries.ts';
import { qualifiedName } from '../sql/quote.ts';
import { becomeApplication } from './role-session.ts';
import type { QuerySide, TriedQuery } from './try-queries.ts';

/** A query that could be planned, and so names the tables that it reads. */
export interface Candidate {
  readonly query: ApplicationQuery;
  readonly tried: TriedQuery;
}

export interface AbleToFail {
  readonly queryId: string;
  /** `schema.table` that was renamed. */
  readonly table: string;
  readonly sqlstate: string;
}

/** Queries with their tables that are tried: one that reads through a view doesn't notice. */
const mostTries = 30;

/**
 * Shows that trying a query on a database can fail there: renames a table that one of them uses in a transaction that is rolled back. Undefined where no
 * query failed. Throws SqlError.
 *
 * @param session a superuser's, on a clone that nobody else uses
 */
export async function proveAbleToFail(session: Session, side: QuerySide, candidates: readonly Candidate[]): Promise<AbleToFail | undefined> {
  let tries = 0;
  for (const { query, tried } of candidates) {
    if (tried.trial.kind !== 'planned') continue;
    for (const { schema, table } of tried.trial.plan.tables) {
      if (schema === 'pg_catalog' || schema === 'information_schema' || !(await isTable(session, qualifiedName(schema, table)))) continue;
      if (++tries > mostTries) return undefined;
      const sqlstate = await fails(session, side, tried, `alter table ${qualifiedName(schema, table)} rename to pgrehearse_renamed`);
      if (sqlstate !== undefined) return { queryId: query.id, table: `${schema}.${table}`, sqlstate };
    }
  }
  return undefined;
}

/** Sequences are read like tables; what asks for their state is pg_dump. */
async function isTable(session: Session, name: string): Promise<boolean> {
  const [row] = await session.query<{ kind: string }>('select c.relkind::text as kind from pg_catalog.pg_class c where c.oid = pg_catalog.to_regclass($1)', [
    name,
  ]);
  return row?.kind !== 'S';
}

async function fails(session: Session, { role: _role, ...side }: QuerySide, { trial, role }: TriedQuery, rename: string): Promise<string | undefined> {
  await session.execute('begin read write');
  try {
    await session.execute(rename);
    // A setting that is made in a transaction goes with it.
    await becomeApplication(session, { ...side, ...(role === undefined ? {} : { role }) });
    await session.describe(trial.text);
    return undefined;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    if (error.fields.sqlstate.startsWith('08')) throw error;
    return error.fields.sqlstate.startsWith('42') ? error.fields.sqlstate : undefined;
  } finally {
    await session.execute('rollback');
  }
}
