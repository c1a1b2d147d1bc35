import { type Masking, masksOf } from '../../core/masking.ts';
import type { Session } from '../../core/ports.ts';
import { binaryTypes } from '../../sql/binary-types.ts';
import { qualifiedName, quoteIdentifier } from '../../sql/quote.ts';

/** A table whose rows are copied: ordinary tables, leaf partitions, and the user's rows of extensions' configuration tables. */
export interface CopyTable {
  readonly schema: string;
  readonly name: string;
  /** In the order of the catalog; generated columns left out, since they are computed again. */
  readonly columns: readonly string[];
  readonly estimatedRows: number;
  readonly sizeBytes: number;
  readonly unlogged: boolean;
  /** Pages that hold its rows; long values lie elsewhere. */
  readonly pages: number;
  /** Set: only the rows in these pages, from the first on and before the second; an absent end is open. */
  readonly range?: { readonly from?: number; readonly to?: number };
  /** Without a single page: no snapshot that is older than this reading, and after which the table wasn't emptied, sees a row. */
  readonly isEmpty: boolean;
  /** Whether each column's binary form says the same on every server of the same major version. */
  readonly fitsBinary: boolean;
  /** Set on an extension's configuration table: the WHERE clause that picks the rows which the extension did not bring itself; may be ''. */
  readonly extensionCondition: string | null;
  /**
   * The partitioned table to load through, where rows may belong to another leaf on the other server: the hash of an enum value is made
   * from its oid.
   */
  readonly loadThrough: { readonly schema: string; readonly name: string } | null;
  /** Column → the SQL expression, of the column's own type, that the source gives instead of it. Needs a session that holds the salt (openReader). */
  readonly masks: Readonly<Record<string, string>>;
}

interface Row {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
  readonly estimatedRows: string;
  readonly sizeBytes: string;
  readonly unlogged: boolean;
  readonly pages: string;
  readonly isEmpty: boolean;
  readonly fitsBinary: boolean;
  readonly extensionCondition: string | null;
  readonly throughSchema: string | null;
  readonly throughName: string | null;
}

/**
 * Partitioned tables hashed by something that holds an enum, and everything under them. The topmost such table stands for the tree:
 * shared by what is copied and what is counted.
 */
export const enumHashTrees = `
  unstable(oid) as (
    select p.partrelid
      from pg_catalog.pg_partitioned_table p
     where p.partstrat = 'h'
       and exists (
         select from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid
           left join pg_catalog.pg_type e on e.oid = t.typelem left join pg_catalog.pg_type b on b.oid = t.typbasetype
          where a.attrelid = p.partrelid and a.attnum = any (p.partattrs::smallint[]) and 'e' in (t.typtype, e.typtype, b.typtype))),
  through(root, oid) as (
    select u.oid, t.relid
      from unstable u, pg_catalog.pg_partition_tree(u.oid) t
     where not exists (select from pg_catalog.pg_partition_ancestors(u.oid) a where a.relid <> u.oid and a.relid in (select oid from unstable)))`;

/** Every table with rows to copy. Schemas of Postgres itself and of other sessions' temporary tables are no part of a copy. */
const tablesQuery = `
  with ${enumHashTrees},
  config(oid, condition) as (
    select c.oid, c.condition
      from pg_catalog.pg_extension e,
           rows from (pg_catalog.unnest(e.extconfig), pg_catalog.unnest(e.extcondition)) as c(oid, condition))
  select n.nspname as "schema", c.relname as "name",
         coalesce((select pg_catalog.array_agg(a.attname::text order by a.attnum) from pg_catalog.pg_attribute a
                    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''), '{}') as "columns",
         greatest(c.reltuples, 0)::bigint as "estimatedRows",
         coalesce(pg_catalog.pg_table_size(c.oid), 0) as "sizeBytes",
         c.relpersistence = 'u' as "unlogged",
         coalesce(pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::bigint, 0) as "pages",
         pg_catalog.pg_relation_size(c.oid) is not distinct from 0 and c.relam = (select oid from pg_catalog.pg_am where amname = 'heap') as "isEmpty",
         not exists (select from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid
                      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                        and t.typtype <> 'e' and a.atttypid <> all (array[${binaryTypes.join(', ')}]::oid[])) as "fitsBinary",
         config.condition as "extensionCondition",
         rn.nspname as "throughSchema", r.relname as "throughName"
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    left join config on config.oid = c.oid
    left join through on through.oid = c.oid
    left join pg_catalog.pg_class r on r.oid = through.root
    left join pg_catalog.pg_namespace rn on rn.oid = r.relnamespace
   where c.relkind = 'r' and c.relpersistence <> 't'
     and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
     and (config.oid is not null
          or not exists (select from pg_catalog.pg_depend d
                          where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'))
   order by "sizeBytes" desc, n.nspname collate "C", c.relname collate "C"`;

/** The tables to copy, the largest first, so that the last worker isn't left alone with the longest one. Throws SqlError. */
export async function listTables(session: Session, masking?: Masking): Promise<readonly CopyTable[]> {
  const rows = await session.query<Row>(tablesQuery);
  return rows.map(({ throughSchema, throughName, ...row }) => ({
    ...row,
    estimatedRows: Number(row.estimatedRows),
    sizeBytes: Number(row.sizeBytes),
    pages: Number(row.pages),
    loadThrough: throughSchema === null || throughName === null ? null : { schema: throughSchema, name: throughName },
    masks: masksOf(masking, row),
  }));
}

/** `COPY … TO STDOUT` for a table: its own rows only, never those of tables that inherit from it. */
export function copyOutStatement(table: CopyTable, format: CopyFormat = 'text'): string {
  const target = qualifiedName(table.schema, table.name);
  const isMasked = Object.keys(table.masks).length > 0;
  const condition = table.range === undefined ? (table.extensionCondition ?? '') : rangeCondition(table.range);
  const rows = !isMasked && condition === '' ? `${target}${columnList(table)}` : `(select ${selectList(table)} from only ${target} ${condition})`;
  return `copy ${rows} to stdout${format === 'binary' ? ' with (format binary)' : ''}`;
}

function rangeCondition({ from, to }: NonNullable<CopyTable['range']>): string {
  const tid = (page: number) => `'(${page},0)'::pg_catalog.tid`;
  const limits = [...(from === undefined ? [] : [`ctid >= ${tid(from)}`]), ...(to === undefined ? [] : [`ctid < ${tid(to)}`])];
  return limits.length === 0 ? '' : `where ${limits.join(' and ')}`;
}

/** The columns as the source gives them: masked ones as their expressions, so that what they hold never leaves it. */
export function selectList(table: Pick<CopyTable, 'columns' | 'masks'>): string {
  return (
    table.columns
      // A column may be called `constructor`.
      .map((column) => (Object.hasOwn(table.masks, column) ? `${table.masks[column]} as ${quoteIdentifier(column)}` : quoteIdentifier(column)))
      .join(', ')
  );
}

/** Text is exact for every type and the same on every version; binary costs both servers less. */
export type CopyFormat = 'text' | 'binary';

/** `COPY … FROM stdin` for the same rows in the same columns. */
export function copyInStatement(table: CopyTable): string {
  const into = table.loadThrough ?? table;
  return `copy ${qualifiedName(into.schema, into.name)}${columnList(table)} from stdin`;
}

/** A table without columns of its own still has rows: `COPY t` without a list. */
function columnList(table: CopyTable): string {
  return table.columns.length === 0 ? '' : ` (${table.columns.map(quoteIdentifier).join(', ')})`;
}
