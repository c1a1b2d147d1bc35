import { randomBytes } from 'node:crypto';
import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { parseQualifiedName } from '../../sql/quote.ts';

export interface WantedObject {
  readonly kind: 'table' | 'view' | 'materialized view' | 'index' | 'function' | 'type' | 'sequence' | 'policy' | 'trigger' | 'constraint';
  readonly name: string;
  readonly table?: string | undefined;
  readonly columns: readonly { readonly name: string; readonly type?: string | undefined; readonly nullable?: boolean | undefined }[];
  readonly madeByThisDeploy: boolean;
}

/** What the catalogs say of a wanted object. */
export type FoundObject = { readonly there: false } | { readonly there: true; readonly problems: readonly string[] };

export interface FoundObjects {
  /** In the order of those that were wanted. */
  readonly objects: readonly FoundObject[];
  /** Of each kind that is wanted, whether a name that nobody has was not found. */
  readonly decoysFound: readonly string[];
}

/**
 * Looks required objects up in the catalogs, and finds out whether they are valid; only reads. Of each kind a random name is looked up in the same way too: a query
 * that found that would find anything.
 *
 * Throws SqlError where the catalogs can't be read.
 */
export async function readObjects(session: Session, wanted: readonly WantedObject[]): Promise<FoundObjects> {
  const objects: FoundObject[] = [];
  for (const one of wanted) objects.push(await readObject(session, one));
  const decoysFound: string[] = [];
  for (const kind of new Set(wanted.map((one) => one.kind))) {
    const like = wanted.find((one) => one.kind === kind);
    const decoy = await readObject(session, {
      kind,
      name: `nobody_has_${randomBytes(8).toString('hex')}`,
      table: like?.table,
      columns: [],
      madeByThisDeploy: false,
    });
    if (decoy.there) decoysFound.push(kind);
  }
  return { objects, decoysFound };
}

async function readObject(session: Session, wanted: WantedObject): Promise<FoundObject> {
  switch (wanted.kind) {
    case 'table':
    case 'view':
    case 'materialized view':
    case 'sequence':
      return await readRelation(session, wanted);
    case 'index':
      return await oneRow(session, indexQuery, namesOf(wanted.name));
    case 'function':
      return await readFunction(session, wanted.name);
    case 'type':
      return await oneRow(session, typeQuery, namesOf(wanted.name));
    case 'policy':
      return await oneRow(session, policyQuery, [wanted.name, ...namesOf(wanted.table ?? '')]);
    case 'trigger':
      return await oneRow(session, triggerQuery, [wanted.name, ...namesOf(wanted.table ?? '')]);
    case 'constraint':
      return await oneRow(session, constraintQuery, [wanted.name, ...namesOf(wanted.table ?? '')]);
    default:
      return wanted.kind satisfies never;
  }
}

/** A bare name is one of public. */
function namesOf(name: string): readonly [schema: string, name: string] {
  const parsed = parseQualifiedName(name);
  return [parsed?.schema ?? 'public', parsed?.name ?? name];
}

const relationKinds: Readonly<Record<string, readonly string[]>> = { table: ['r', 'p', 'f'], view: ['v'], 'materialized view': ['m'], sequence: ['S'] };

/** The relation of a schema and name, with what keeps it from being used. */
const relationQuery = `
select c.oid::text as oid, case when c.relkind = 'm' and not c.relispopulated then array['it was never filled'] else array[]::text[] end as problems
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and c.relname = $2 and c.relkind = any ($3::"char"[])`;

/** A column of a relation, and whether its type is the one that SQL calls so: null where there is no such type. */
const columnQuery = `
select pg_catalog.format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as "notNull"
from pg_catalog.pg_attribute a where a.attrelid = $1::pg_catalog.oid and a.attname = $2 and a.attnum > 0 and not a.attisdropped`;

const indexQuery = `
select array_remove(array[
    case when not i.indisvalid then 'it is not valid' end, case when not i.indisready then 'it is not ready' end, case when not i.indislive then 'it is being dropped' end
  ], null) as problems
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace join pg_catalog.pg_index i on i.indexrelid = c.oid
where n.nspname = $1 and c.relname = $2`;

/** Every table has a row type and an array type of its name: these are no types that anybody made. */
const typeQuery = `
select case when t.typisdefined then array[]::text[] else array['it is not defined yet'] end as problems
from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where n.nspname = $1 and t.typname = $2
  and (t.typrelid = 0 or (select c.relkind from pg_catalog.pg_class c where c.oid = t.typrelid) = 'c')
  and not exists (select from pg_catalog.pg_type e where e.typarray = t.oid)`;

/** A policy guards nothing where row level security is off. */
const policyQuery = `
select case when c.relrowsecurity then array[]::text[] else array['row level security is off on its table'] end as problems
from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where p.polname = $1 and n.nspname = $2 and c.relname = $3`;

const triggerQuery = `
select case g.tgenabled when 'D' then array['it is disabled'] when 'R' then array['it fires on replicas only'] else array[]::text[] end as problems
from pg_catalog.pg_trigger g join pg_catalog.pg_class c on c.oid = g.tgrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where not g.tgisinternal and g.tgname = $1 and n.nspname = $2 and c.relname = $3`;

/** A foreign key guards by triggers: of one whose triggers are switched off the catalog says valid all the same. */
const constraintQuery = `
select array_remove(array[
    case when not k.convalidated then 'it is not validated' end,
    case when exists (select from pg_catalog.pg_trigger g where g.tgconstraint = k.oid and g.tgenabled in ('D', 'R')) then 'its triggers are disabled' end
  ], null) as problems
from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where k.conname = $1 and n.nspname = $2 and c.relname = $3`;

/** Functions and procedures of a name; with argument types, the very one. */
const functionQuery = `
select pg_catalog.pg_get_function_identity_arguments(p.oid) as arguments, pg_catalog.oidvectortypes(p.proargtypes) as types
from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where n.nspname = $1 and p.proname = $2
order by p.oid`;

async function oneRow(session: Session, query: string, values: readonly string[]): Promise<FoundObject> {
  const [found] = await session.query<{ problems: readonly string[] }>(query, values);
  return found === undefined ? { there: false } : { there: true, problems: found.problems };
}

async function readRelation(session: Session, { kind, name, columns }: WantedObject): Promise<FoundObject> {
  const [schema, bare] = namesOf(name);
  const [found] = await session.query<{ oid: string; problems: readonly string[] }>(relationQuery, [schema, bare, relationKinds[kind] ?? []]);
  if (found === undefined) return { there: false };
  const problems = [...found.problems];
  for (const wanted of columns) {
    const [column] = await session.query<{ type: string; notNull: boolean }>(columnQuery, [found.oid, wanted.name]);
    if (column === undefined) {
      problems.push(`column ${wanted.name} is missing`);
      continue;
    }
    if (wanted.type !== undefined) {
      const type = await typeAsWritten(session, wanted.type);
      if (type === undefined) problems.push(`there is no type ${wanted.type}, which column ${wanted.name} should have`);
      else if (type !== column.type) problems.push(`column ${wanted.name} is ${column.type}, not ${type}`);
    }
    if (wanted.nullable !== undefined && wanted.nullable === column.notNull) {
      problems.push(`column ${wanted.name} is ${column.notNull ? 'not null' : 'nullable'}, and should be ${wanted.nullable ? 'nullable' : 'not null'}`);
    }
  }
  return { there: true, problems };
}

async function readFunction(session: Session, name: string): Promise<FoundObject> {
  const open = name.indexOf('(');
  const [schema, bare] = namesOf(open === -1 ? name : name.slice(0, open));
  const found = await session.query<{ arguments: string; types: string }>(functionQuery, [schema, bare]);
  if (open === -1) return found.length === 0 ? { there: false } : { there: true, problems: [] };
  const written = name
    .slice(open + 1)
    .replace(/\)\s*$/, '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const types: string[] = [];
  for (const one of written) {
    const type = await typeAsWritten(session, one);
    if (type === undefined) return { there: false };
    types.push(type);
  }
  return found.some((one) => one.types === types.join(', ')) ? { there: true, problems: [] } : { there: false };
}

/** A type under the name that Postgres itself gives it, with its modifier; undefined where there is none. */
async function typeAsWritten(session: Session, text: string): Promise<string | undefined> {
  try {
    const [found] = await session.query<{ oid: string | null }>('select pg_catalog.to_regtype($1)::pg_catalog.oid::text as oid', [text]);
    if (found === undefined || found.oid === null) return undefined;
    // Only what to_regtype takes for a type's name comes here; it is prepared, and not run.
    const { columns } = await session.describe(`select cast(null as ${text})`);
    const [column] = columns ?? [];
    // Of a domain the type beneath it is described, whose modifier isn't the domain's own.
    const modifier = column !== undefined && String(column.typeOid) === found.oid ? column.typeModifier : -1;
    const [shown] = await session.query<{ type: string }>('select pg_catalog.format_type($1::pg_catalog.oid, $2::int) as type', [found.oid, modifier]);
    return shown?.type;
  } catch (error) {
    if (error instanceof SqlError && error.fields.sqlstate.startsWith('42')) return undefined;
    throw error;
  }
}
