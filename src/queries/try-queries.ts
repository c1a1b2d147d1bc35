import { type Failure, failure, SqlError } from '../core/failure.ts';
import type { Context, Session } from '../core/ports.ts';
import type { ApplicationQuery, QueryColumn, QueryTrial } from '../core/queries.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { Address } from '../core/server.ts';
import { withoutUndefined } from '../core/without-undefined.ts';
import { type LogIn, logInsQuery } from '../sql/log-ins.ts';
import { quoteIdentifier } from '../sql/quote.ts';
import { hiddenFrom, readHiddenTables } from './hidden-tables.ts';
import { readRequiredColumns } from './omitted-columns.ts';
import { newRule } from './query-writes.ts';
import { type ApplicationSession, becomeApplication } from './role-session.ts';
import { readTablePlaces, shadowed, shifted, type TablePlace } from './table-places.ts';
import { type RawTrial, tryQuery } from './try-query.ts';

/** A database on which queries are tried. */
export interface QuerySide extends ApplicationSession {
  /** Superuser access. */
  readonly admin: Address;
  /** The role of queries of which nobody knows who runs them, where it exists; superuser unless given. */
  readonly otherwise?: string;
}

/** A query as it is to be tried. */
export interface QueryToTry {
  readonly query: Pick<ApplicationQuery, 'id' | 'text' | 'roles'>;
  /** What was tried elsewhere: the same text and role are tried here. */
  readonly like?: TriedQuery;
}

export interface TriedQuery {
  readonly trial: QueryTrial;
  /** Absent: as superuser, so that rights say nothing. */
  readonly role?: string;
  /** What keeps the role from beginning a session; a clause. */
  readonly refused?: string;
}

const rolesQuery = 'select r.rolname::text as name from pg_catalog.pg_roles r order by r.rolname';

/** What columns' types are called. */
const typesQuery = `
select t.oid::int8::text as oid, t.modifier, pg_catalog.format_type(t.oid, t.modifier) as name
from rows from (pg_catalog.unnest($1::oid[]), pg_catalog.unnest($2::int[])) t(oid, modifier)
order by 1, 2`;

/**
 * Has queries prepared and planned on a database, never run, each as its role. By id. What is wrong with a query is in its trial; fails with `role-missing`, with
 * `server-lost`, `interrupted`, and with what connecting fails with.
 *
 * @example const before = await tryQueries(context, { admin, settings: {} }, queries.map((query) => ({ query })));
 */
export async function tryQueries(context: Context, side: QuerySide, queries: readonly QueryToTry[]): Promise<Result<ReadonlyMap<string, TriedQuery>>> {
  const found = new Map<string, TriedQuery>();
  if (queries.length === 0) return ok(found);
  const listed = await inSession(context, side.admin, readRoles);
  if (!listed.ok) return listed;
  const { existing, logIns } = listed.value;
  if (side.role !== undefined && !existing.has(side.role)) {
    return fail(failure('role-missing', `The clone has no role ${side.role}, as which the application’s queries are to be tried.`, { object: side.role }));
  }
  const roleOf = ({ query, like }: QueryToTry) => (like === undefined ? ownRole(query, side, existing) : like.role);
  for (const [role, own] of Map.groupBy(queries, roleOf)) {
    if (role !== undefined && !existing.has(role)) {
      // It was there on the other schema: whoever logs in as this role can't any more.
      const sql = { sqlstate: '22023', message: `role "${role}" does not exist` };
      for (const { query, like } of own) found.set(query.id, { trial: { kind: 'failed', text: like?.trial.text ?? query.text, sql }, role });
      continue;
    }
    const refused = logIns.find((one) => one.role === role)?.refused ?? undefined;
    // Who couldn't log in before comes by another way that we don't know of.
    if (refused !== undefined && role !== undefined && own.every(({ like }) => like !== undefined && like.refused === undefined)) {
      const sql = { sqlstate: '42501', message: `${role} can’t begin a session: ${refused}` };
      for (const { query, like } of own) found.set(query.id, { trial: { kind: 'failed', text: like?.trial.text ?? query.text, sql }, role, refused });
      continue;
    }
    const tried = await inSession(context, side.admin, async (session) => await tryAs(session, side, role, own));
    if (context.signal.aborted) return fail(interrupted());
    if (!tried.ok) return tried;
    for (const [id, trial] of tried.value) found.set(id, { trial, ...withoutUndefined({ role, refused }) });
  }
  return ok(found);
}

async function readRoles(session: Session): Promise<{ readonly existing: ReadonlySet<string>; readonly logIns: readonly LogIn[] }> {
  const roles = await session.query<{ name: string }>(rolesQuery);
  return { existing: new Set(roles.map(({ name }) => name)), logIns: await session.query<LogIn>(logInsQuery) };
}

/** The team's word first, then who runs it in production. */
function ownRole({ roles }: QueryToTry['query'], { role, otherwise }: QuerySide, existing: ReadonlySet<string>): string | undefined {
  return role ?? [...roles, ...(otherwise === undefined ? [] : [otherwise])].find((name) => existing.has(name));
}

async function tryAs(session: Session, side: QuerySide, role: string | undefined, queries: readonly QueryToTry[]): Promise<ReadonlyMap<string, QueryTrial>> {
  const tables = { required: await readRequiredColumns(session, role), places: await readTablePlaces(session) };
  const hidden = role === undefined ? undefined : await readHiddenTables(session, role);
  const { role: _role, ...rest } = side;
  await becomeApplication(session, { ...rest, ...(role === undefined ? {} : { role }) });
  const raw = new Map<string, RawTrial>();
  for (const { query, like } of queries) {
    const tried = await tryQuery(session, like?.trial.text ?? query.text, tables, like === undefined);
    const sql = role === undefined || hidden === undefined ? undefined : hiddenFrom(role, like?.trial, tried.trial, hidden);
    raw.set(query.id, sql === undefined ? withMisdirection(tried, like?.trial, tables.places) : { trial: { kind: 'failed', text: tried.trial.text, sql } });
  }
  return await withTypes(session, raw);
}

/** Says where a query that can be run as it could elsewhere reaches another table, or another column. */
function withMisdirection(tried: RawTrial, elsewhere: QueryTrial | undefined, places: ReadonlyMap<string, TablePlace>): RawTrial {
  const { trial } = tried;
  if (trial.kind !== 'planned' || elsewhere?.kind !== 'planned') return tried;
  const table = shadowed(elsewhere.plan.tables, trial.plan.tables, places);
  if (table !== undefined) return { ...tried, trial: { ...trial, misdirected: `it uses ${table.is} in place of ${table.was}` } };
  const rule = newRule(elsewhere.plan.writes ?? [], places);
  if (rule !== undefined) return { ...tried, trial: { ...trial, misdirected: rule } };
  const value = shifted(elsewhere.plan.written ?? [], trial.plan.written ?? []);
  if (value === undefined) return tried;
  return { ...tried, trial: { ...trial, misdirected: `${value.value} goes into ${quoteIdentifier(value.is)} in place of ${quoteIdentifier(value.was)}` } };
}

/** Types as Postgres calls them. */
async function withTypes(session: Session, raw: ReadonlyMap<string, RawTrial>): Promise<ReadonlyMap<string, QueryTrial>> {
  const pairs = new Map([...raw.values()].flatMap(({ columns = [] }) => columns.map((one) => [`${one.typeOid} ${one.typeModifier}`, one])));
  const all = [...pairs.values()];
  const rows = await session.query<{ oid: string; modifier: number; name: string }>(typesQuery, [
    all.map(({ typeOid }) => typeOid),
    all.map(({ typeModifier }) => typeModifier),
  ]);
  const names = new Map(rows.map(({ oid, modifier, name }) => [`${oid} ${modifier}`, name]));
  return new Map(
    [...raw].map(([id, { trial, columns }]) => {
      if (columns === undefined || trial.kind === 'failed') return [id, trial];
      const named = columns.map(({ name, typeOid, typeModifier }): QueryColumn => ({ name, typeOid, type: names.get(`${typeOid} ${typeModifier}`) ?? '' }));
      return [id, { ...trial, columns: named }];
    }),
  );
}

async function inSession<T>(context: Context, address: Address, body: (session: Session) => Promise<T>): Promise<Result<T>> {
  const connected = await context.edge.postgres.connect(address, { applicationName: 'pgrehearse queries', signal: context.signal });
  if (!connected.ok) return connected;
  await using session = connected.value;
  try {
    return ok(await body(session));
  } catch (error) {
    if (context.signal.aborted) return fail(interrupted());
    if (!(error instanceof SqlError)) throw error;
    const lost = error.fields.sqlstate.startsWith('08');
    return fail(failure(lost ? 'server-lost' : 'check-failed', error.fields.message, { sql: error.fields }));
  }
}

function interrupted(): Failure {
  return failure('interrupted', 'the run was interrupted while the application’s queries were tried');
}
