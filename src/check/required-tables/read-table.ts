import type { Session } from '../../core/ports.ts';
import { parseQualifiedName, qualifiedName } from '../../sql/quote.ts';

export interface RequiredColumn {
  readonly number: number;
  readonly name: string;
  /** As SQL writes it. */
  readonly type: string;
  /** Of the type, or of what a domain is made of: as pg_type.typname has it. */
  readonly baseType: string;
  /** pg_type.typtype of that: `e` is an enum, `r` a range. */
  readonly kind: string;
  /** pg_type.typcategory: `A` is an array. */
  readonly category: string;
  /** The first of an enum's labels. */
  readonly label: string | null;
  /** What the type may hold of characters; null: as many as one likes. */
  readonly length: number | null;
  /** Not null, and nothing fills it in. */
  readonly needed: boolean;
}

export interface RequiredForeignKey {
  readonly columns: readonly number[];
  /** `schema.table`, quoted as needed. */
  readonly parent: string;
  readonly parentOid: string;
  readonly parentColumns: readonly string[];
}

/** What has to be known of a table in order to put a row into it. */
export interface RequiredTableFacts {
  readonly oid: string;
  /** `schema.table`, quoted as needed. */
  readonly sqlName: string;
  /** `r`, `p`, `v` (a view), `f` (a foreign table) or `m`. */
  readonly kind: string;
  readonly rowSecurity: boolean;
  readonly forced: boolean;
  readonly columns: readonly RequiredColumn[];
  readonly foreignKeys: readonly RequiredForeignKey[];
  /** Column numbers of each unique index. */
  readonly uniques: readonly (readonly number[])[];
}

/** The relation of a name that a configuration holds; a bare name is one of public, or of what else there is. */
const findQuery = `
select c.oid::text as oid, n.nspname as schema, c.relname as name, c.relkind::text as kind, c.relrowsecurity as "rowSecurity", c.relforcerowsecurity as forced
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'f', 'm') and n.nspname !~ '^pg_toast' and ((c.relname = $1 and ($2::text is null or n.nspname = $2)) or n.nspname || '.' || c.relname = $3)
order by n.nspname <> 'public', n.nspname collate "C", c.oid
limit 1`;

/** Columns in their order. Of a domain the type beneath it is told, at any depth. */
const columnsQuery = `
with recursive types (number, oid, mod) as (
  select a.attnum, a.atttypid, a.atttypmod from pg_catalog.pg_attribute a where a.attrelid = $1::pg_catalog.oid and a.attnum > 0 and not a.attisdropped
  union all
  select y.number, t.typbasetype, case when t.typtypmod = -1 then y.mod else t.typtypmod end
  from types y join pg_catalog.pg_type t on t.oid = y.oid where t.typtype = 'd'
)
select a.attnum::int as number, a.attname as name, pg_catalog.format_type(a.atttypid, a.atttypmod) as type, t.typname as "baseType", t.typtype::text as kind,
  t.typcategory::text as category,
  (select e.enumlabel from pg_catalog.pg_enum e where e.enumtypid = t.oid order by e.enumsortorder limit 1) as label,
  case when t.typname in ('varchar', 'bpchar') and y.mod > 4 then y.mod - 4 end as length,
  (a.attnotnull or exists (select from pg_catalog.pg_type d where d.oid = a.atttypid and d.typtype = 'd' and d.typnotnull))
    and not a.atthasdef and a.attidentity = '' and a.attgenerated = ''
    and not exists (select from pg_catalog.pg_type d where d.oid = a.atttypid and d.typtype = 'd' and d.typdefault is not null) as needed
from pg_catalog.pg_attribute a
join types y on y.number = a.attnum
join pg_catalog.pg_type t on t.oid = y.oid and t.typtype <> 'd'
where a.attrelid = $1::pg_catalog.oid
order by a.attnum`;

const foreignKeysQuery = `
select k.conkey::int[] as columns, n.nspname as schema, p.relname as table, p.oid::text as "parentOid",
  array(select a.attname::text from pg_catalog.unnest(k.confkey) with ordinality as u (number, place)
        join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.number order by u.place) as "parentColumns"
from pg_catalog.pg_constraint k
join pg_catalog.pg_class p on p.oid = k.confrelid join pg_catalog.pg_namespace n on n.oid = p.relnamespace
where k.conrelid = $1::pg_catalog.oid and k.contype = 'f'
order by k.conname collate "C"`;

const uniquesQuery = `
select array(select u.number::int from pg_catalog.unnest(i.indkey::int2[]) with ordinality as u (number, place) where u.place <= i.indnkeyatts order by u.place) as columns
from pg_catalog.pg_index i
where i.indrelid = $1::pg_catalog.oid and i.indisunique
order by i.indexrelid`;

/** Reads what a table asks of a row. Undefined where there is no such table. @param name as configured, or an oid */
export async function readTable(session: Session, name: string | { readonly oid: string }): Promise<RequiredTableFacts | undefined> {
  const found = typeof name === 'string' ? await find(session, name) : await findByOid(session, name.oid);
  if (found === undefined) return undefined;
  const { oid } = found;
  const columns = await session.query<RequiredColumn>(columnsQuery, [oid]);
  const keys = await session.query<{ columns: number[]; schema: string; table: string; parentOid: string; parentColumns: string[] }>(foreignKeysQuery, [oid]);
  const uniques = await session.query<{ columns: number[] }>(uniquesQuery, [oid]);
  return {
    oid,
    sqlName: qualifiedName(found.schema, found.name),
    kind: found.kind,
    rowSecurity: found.rowSecurity,
    forced: found.forced,
    columns,
    foreignKeys: keys.map(({ schema, table, ...key }) => ({ ...key, parent: qualifiedName(schema, table) })),
    uniques: uniques.map((unique) => unique.columns),
  };
}

interface Found {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly rowSecurity: boolean;
  readonly forced: boolean;
}

async function find(session: Session, name: string): Promise<Found | undefined> {
  const parsed = parseQualifiedName(name);
  const [found] = await session.query<Found>(findQuery, [parsed?.name ?? name, parsed?.schema ?? null, name]);
  return found;
}

async function findByOid(session: Session, oid: string): Promise<Found | undefined> {
  const [found] = await session.query<Found>(
    `select c.oid::text as oid, n.nspname as schema, c.relname as name, c.relkind::text as kind, c.relrowsecurity as "rowSecurity", c.relforcerowsecurity as forced
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = $1::pg_catalog.oid`,
    [oid],
  );
  return found;
}
