import { SqlError, type SqlErrorFields } from '../core/failure.ts';
import type { Session, StatementShape } from '../core/ports.ts';
import type { QueryTrial } from '../core/queries.ts';
import { withoutUndefined } from '../core/without-undefined.ts';
import { fitParameters } from './fit-parameters.ts';
import { omittedColumn, type RequiredColumns } from './omitted-columns.ts';
import { type PlanNode, planOf } from './plan.ts';
import { queryWrites } from './query-writes.ts';
import { type TablePlace, writtenValues } from './table-places.ts';

/** A trial whose columns still have the server's numbers in place of names of types. */
export interface RawTrial {
  readonly trial: QueryTrial;
  readonly columns?: StatementShape['columns'];
}

/** What is known of the tables of a database before its queries are tried. */
export interface KnownTables {
  readonly required: ReadonlyMap<string, RequiredColumns>;
  readonly places: ReadonlyMap<string, TablePlace>;
}

/** So many rewritten texts are tried before a query counts as one that this server can't be asked. */
const mostAttempts = 40;

/**
 * Has a query prepared and planned, as the session's role, and never run. Planning checks the rights too, and finds what preparing doesn't: a lost unique index of an
 * ON CONFLICT, a column that can't be written. What remains are values. Throws SqlError when the connection is lost.
 *
 * @param fit true: parameters that the server can't place get the type that their constant had, as far as it can be guessed
 */
export async function tryQuery(session: Session, text: string, { required, places }: KnownTables, fit: boolean): Promise<RawTrial> {
  const described = await describeFitting(session, text, fit);
  if ('sql' in described) return { trial: { kind: 'failed', text, sql: described.sql } };
  const { shape } = described;
  const planned = await attempt(() => explain(session, described.text, shape.parameters.length));
  const columns = shape.columns === undefined ? {} : { columns: shape.columns };
  if ('sql' in planned) return { trial: { kind: 'parsed', text: described.text, why: planned.sql }, ...columns };
  const omitted = omittedColumn(planned.value, required);
  if (omitted !== undefined) return { trial: { kind: 'failed', text: described.text, sql: { ...omitted, statement: described.text } } };
  const plan = planOf(planned.value);
  const tables = plan.tables.map((table) => ({ ...table, ...withoutUndefined({ oid: places.get(`${table.schema}.${table.table}`)?.oid }) }));
  const { written, leftOut } = writtenValues(planned.value, described.text, places);
  const writes = queryWrites(planned.value, places);
  const said = { ...(written.length > 0 && { written }), ...(leftOut.length > 0 && { leftOut }), ...(writes.length > 0 && { writes }) };
  return { trial: { kind: 'planned', text: described.text, plan: { ...plan, tables, ...said } }, ...columns };
}

type Described = { readonly text: string; readonly shape: StatementShape } | { readonly sql: SqlErrorFields };

/** The first of the texts that the server understands; else what it said of the query as it stands. */
async function describeFitting(session: Session, text: string, fit: boolean): Promise<Described> {
  const first = await attempt(() => session.describe(text));
  if ('value' in first) return { text, shape: first.value };
  if (!fit) return first;
  const seen = new Set([text]);
  const queue = [...fitParameters(text, first.sql)];
  for (let turn = 0; turn < mostAttempts; turn++) {
    const next = queue.shift();
    if (next === undefined) break;
    if (seen.has(next)) continue;
    seen.add(next);
    const tried = await attempt(() => session.describe(next));
    if ('value' in tried) return { text: next, shape: tried.value };
    // One place may be right and the next one wrong: deeper before wider.
    queue.unshift(...fitParameters(next, tried.sql));
  }
  return first;
}

/**
 * The plan for any values of the parameters: the session has plan_cache_mode = force_generic_plan. EXPLAIN (GENERIC_PLAN) of PostgreSQL 16 gives the same one, but its
 * rows only come in the simple protocol.
 */
async function explain(session: Session, text: string, parameters: number): Promise<PlanNode> {
  await session.execute(`prepare pgrehearse_query as ${text}`);
  try {
    const values = parameters === 0 ? '' : ` (${Array.from({ length: parameters }, () => 'null').join(', ')})`;
    return await planFrom(session, `explain (verbose, format json) execute pgrehearse_query${values}`);
  } finally {
    await session.execute('deallocate pgrehearse_query');
  }
}

async function planFrom(session: Session, explained: string): Promise<PlanNode> {
  const [row] = await session.query<{ 'QUERY PLAN': readonly { readonly Plan: PlanNode }[] }>(explained);
  const plan = row?.['QUERY PLAN'][0]?.Plan;
  if (plan === undefined) throw new SqlError({ sqlstate: '02000', message: 'the planner gave no plan: a rule has the statement do nothing' });
  return plan;
}

async function attempt<T>(body: () => Promise<T>): Promise<{ readonly value: T } | { readonly sql: SqlErrorFields }> {
  try {
    return { value: await body() };
  } catch (error) {
    // A lost connection says nothing of the query.
    if (!(error instanceof SqlError) || error.fields.sqlstate.startsWith('08')) throw error;
    return { sql: error.fields };
  }
}
