import type pg from 'pg';

/** A column's type, domains unwrapped. */
export interface ColumnType {
  /** Name in pg_type, of the element for an array. */
  readonly name: string;
  readonly isArray: boolean;
  /** Length of varchar(n) and char(n), bits of bit(n). */
  readonly length?: number;
  /** numeric(precision, scale). */
  readonly precision?: number;
  readonly scale?: number;
  readonly labels: readonly string[];
}

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly notNull: boolean;
  /** The server fills it: identity, generated, or a default that calls nextval. */
  readonly filledByServer: boolean;
  readonly hasDefault: boolean;
  /** Constants in CHECK constraints of the column or its domain: good guesses for values that they accept. */
  readonly hints: readonly string[];
}

export interface ForeignKey {
  readonly columns: readonly string[];
  readonly target: string;
  readonly targetColumns: readonly string[];
}

export interface Table {
  /** Quoted and qualified, ready for SQL; also its key. */
  readonly name: string;
  readonly columns: readonly Column[];
  readonly uniqueKeys: readonly (readonly string[])[];
  readonly foreignKeys: readonly ForeignKey[];
}

/** Tables that rows can be inserted into: ordinary and partitioned ones outside of system schemas, not the partitions themselves. */
const tablesSql = `
select c.oid::text, format('%I.%I', n.nspname, c.relname) as name
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
order by n.nspname, c.relname`;

const columnsSql = `
select a.attrelid::text as oid, a.attname as name, a.attnotnull or b.typnotnull as not_null,
  case when b.typtype = 'd' then b.typtypmod else a.atttypmod end as typmod,
  coalesce(e.typname, t.typname) as type_name, e.oid is not null as is_array,
  a.attidentity <> '' or a.attgenerated <> '' or coalesce(pg_catalog.pg_get_expr(ad.adbin, ad.adrelid) like '%nextval(%', false) as filled_by_server,
  a.atthasdef or b.typdefault is not null as has_default,
  coalesce((select array_agg(l.enumlabel::text order by l.enumsortorder) from pg_catalog.pg_enum l where l.enumtypid = coalesce(e.oid, t.oid)), '{}') as labels,
  coalesce((
    select array_agg(pg_catalog.pg_get_constraintdef(k.oid) order by k.conname)
    from pg_catalog.pg_constraint k
    where k.contype = 'c' and (k.contypid = b.oid and b.typtype = 'd' or k.conrelid = a.attrelid and a.attnum = any (k.conkey))
  ), '{}') as checks
from pg_catalog.pg_attribute a
join pg_catalog.pg_type b on b.oid = a.atttypid
join pg_catalog.pg_type t on t.oid = case when b.typtype = 'd' then b.typbasetype else b.oid end
left join pg_catalog.pg_type e on e.oid = t.typelem and t.typcategory = 'A'
left join pg_catalog.pg_attrdef ad on ad.adrelid = a.attrelid and ad.adnum = a.attnum
where a.attrelid = any ($1::oid[]) and a.attnum > 0 and not a.attisdropped
order by a.attrelid, a.attnum`;

/** Unique indexes over plain columns; those over expressions are met by trial. */
const uniqueSql = `
select i.indrelid::text as oid, (
  select array_agg(a.attname::text order by k.n)
  from unnest(i.indkey::smallint[]) with ordinality k (attnum, n)
  join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
  where k.n <= i.indnkeyatts
) as columns
from pg_catalog.pg_index i
where i.indrelid = any ($1::oid[]) and i.indisunique and not (0 = any (i.indkey::smallint[]))
order by i.indrelid, i.indexrelid`;

const foreignKeysSql = `
select k.conrelid::text as oid, format('%I.%I', n.nspname, c.relname) as target,
  (select array_agg(a.attname::text order by u.n) from unnest(k.conkey) with ordinality u (attnum, n)
   join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum) as columns,
  (select array_agg(a.attname::text order by u.n) from unnest(k.confkey) with ordinality u (attnum, n)
   join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.attnum) as target_columns
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.confrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where k.contype = 'f' and k.conparentid = 0 and k.conrelid = any ($1::oid[])
order by k.conrelid, k.conname`;

interface ColumnRow {
  oid: string;
  name: string;
  not_null: boolean;
  typmod: number;
  type_name: string;
  is_array: boolean;
  filled_by_server: boolean;
  has_default: boolean;
  labels: string[];
  checks: string[];
}

/** Reads from the catalog all that rows need: types, keys, references, and what checks seem to want. */
export async function readTables(client: pg.Client): Promise<readonly Table[]> {
  const tables = (await client.query<{ oid: string; name: string }>(tablesSql)).rows;
  const oids = [tables.map((table) => table.oid)];
  const columns = (await client.query<ColumnRow>(columnsSql, oids)).rows;
  const unique = (await client.query<{ oid: string; columns: string[] }>(uniqueSql, oids)).rows;
  const foreign = (await client.query<{ oid: string; target: string; columns: string[]; target_columns: string[] }>(foreignKeysSql, oids)).rows;
  return tables.map(({ oid, name }) => ({
    name,
    columns: columns.filter((row) => row.oid === oid).map(asColumn),
    uniqueKeys: unique.filter((row) => row.oid === oid).map((row) => row.columns),
    foreignKeys: foreign.filter((row) => row.oid === oid).map((row) => ({ columns: row.columns, target: row.target, targetColumns: row.target_columns })),
  }));
}

function asColumn(row: ColumnRow): Column {
  return {
    name: row.name,
    type: { name: row.type_name, isArray: row.is_array, labels: row.labels, ...modifiers(row.type_name, row.typmod) },
    notNull: row.not_null,
    filledByServer: row.filled_by_server,
    hasDefault: row.has_default,
    hints: row.checks.flatMap(constants),
  };
}

/** What atttypmod means depends on the type; -1 means no limit. */
function modifiers(type: string, typmod: number): Pick<ColumnType, 'length' | 'precision' | 'scale'> {
  if (typmod < 0) return {};
  if (type === 'varchar' || type === 'bpchar') return { length: typmod - 4 };
  if (type === 'bit' || type === 'varbit') return { length: typmod };
  // numeric: precision in the upper half, scale in the lower 11 bits.
  if (type === 'numeric') return { precision: ((typmod - 4) >> 16) & 0xffff, scale: (typmod - 4) & 0x7ff };
  return {};
}

/** String and number literals of a CHECK, and the numbers next to them, since bounds may be exclusive. */
function constants(check: string): readonly string[] {
  const texts = [...check.matchAll(/'((?:[^']|'')*)'/g)].map((match) => (match[1] ?? '').replaceAll("''", "'"));
  const numbers = [...check.replaceAll(/'(?:[^']|'')*'/g, '').matchAll(/(?<![\w.])-?\d+(?![\w.])/g)].map((match) => Number(match[0]));
  return [...texts, ...numbers.flatMap((number) => [number, number + 1, number - 1]).map(String)];
}
