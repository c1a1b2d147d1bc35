import type { Session } from '../../core/ports.ts';
import { type ColumnPath, showColumnPath } from './column-path.ts';
import { type TypeKind, type TypeRow, typeKind } from './type-kind.ts';

/** A column that decisions are made about. What a partition or child inherits belongs to its parent's column. */
export interface MaskableColumn extends ColumnPath {
  /** With its modifier, schema-qualified where it isn't Postgres's own: what a mask is cast to. */
  readonly type: string;
  readonly kind: TypeKind;
  readonly isDomain: boolean;
  readonly comment: string | null;
  /** In any of the tables that hold it. */
  readonly notNull: boolean;
  readonly generated: boolean;
  readonly identity: boolean;
  readonly partitionKey: boolean;
  readonly primaryKey: boolean;
  /** In a unique index: alone, or together with other columns. */
  readonly unique: 'no' | 'alone' | 'with others';
  /** In a unique index in which NULLs are equal. */
  readonly nullsEqual: boolean;
  /** By name, the columns that foreign keys let this one reference. */
  readonly references: readonly string[];
  /** By name, the columns that reference this one. */
  readonly referencedBy: readonly string[];
  /** Tables that hold rows of their own with this column. */
  readonly holders: readonly { readonly schema: string; readonly name: string }[];
}

/** How a table that holds rows computes a column from its others. */
export interface GeneratedColumn {
  readonly schema: string;
  readonly name: string;
  readonly column: string;
  readonly type: string;
  /** As the catalog has it, over the row's columns. */
  readonly expression: string;
  /** The columns that aren't generated themselves. */
  readonly inputs: readonly string[];
}

export interface ColumnCatalog {
  /** By schema, table and place in the table. */
  readonly columns: readonly MaskableColumn[];
  /** Name of an inherited column → name of the column that decides for it. */
  readonly owners: ReadonlyMap<string, string>;
  readonly generated: readonly GeneratedColumn[];
}

interface ColumnRow extends ColumnPath, TypeRow {
  readonly tableOid: string;
  readonly holdsRows: boolean;
  readonly inherited: boolean;
  readonly type: string;
  readonly isDomain: boolean;
  readonly comment: string | null;
  readonly notNull: boolean;
  readonly generated: boolean;
  readonly generation: string | null;
  readonly identity: boolean;
  readonly partitionKey: boolean;
}

/** Every column of every table whose rows may be copied: those of listTables, and the partitioned tables above them. */
const columnsQuery = `
  with recursive domains(domain, type, modifier, "notNull") as (
    select t.oid, t.typbasetype, t.typtypmod, t.typnotnull from pg_catalog.pg_type t where t.typtype = 'd'
    union all
    select d.domain, t.typbasetype, t.typtypmod, d."notNull" or t.typnotnull
      from domains d join pg_catalog.pg_type t on t.oid = d.type where t.typtype = 'd')
  select n.nspname as "schema", c.relname as "table", c.oid::text as "tableOid", c.relkind = 'r' as "holdsRows",
         a.attname as "column", a.attinhcount > 0 as "inherited",
         pg_catalog.format_type(a.atttypid, a.atttypmod) as "type", d.domain is not null as "isDomain",
         t.typname as "typeName", tn.nspname as "typeSchema", t.typcategory as "typeCategory", t.typtype as "typeKind",
         coalesce(d.modifier, a.atttypmod) as "typeModifier",
         a.attnotnull or coalesce(d."notNull", false) as "notNull",
         a.attgenerated <> '' as "generated",
         (select pg_catalog.pg_get_expr(g.adbin, g.adrelid) from pg_catalog.pg_attrdef g
           where a.attgenerated <> '' and g.adrelid = c.oid and g.adnum = a.attnum) as "generation",
         a.attidentity <> '' as "identity",
         pg_catalog.col_description(c.oid, a.attnum) as "comment",
         exists (select from pg_catalog.pg_depend p
                  where p.classid = 'pg_catalog.pg_class'::regclass and p.objid = c.oid and p.objsubid = a.attnum
                    and p.refclassid = 'pg_catalog.pg_class'::regclass and p.refobjid = c.oid and p.refobjsubid = 0
                    and p.deptype = 'i') as "partitionKey"
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join domains d on d.domain = a.atttypid
          and exists (select from pg_catalog.pg_type b where b.oid = d.type and b.typtype <> 'd')
    join pg_catalog.pg_type t on t.oid = coalesce(d.type, a.atttypid)
    join pg_catalog.pg_namespace tn on tn.oid = t.typnamespace
   where c.relkind in ('r', 'p') and c.relpersistence <> 't'
     and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
     and (exists (select from pg_catalog.pg_extension e where c.oid = any (e.extconfig))
          or not exists (select from pg_catalog.pg_depend x
                          where x.classid = 'pg_catalog.pg_class'::regclass and x.objid = c.oid and x.deptype = 'e'))
   order by n.nspname collate "C", c.relname collate "C", a.attnum`;

interface ParentRow {
  readonly child: string;
  readonly parent: string;
}

const parentsQuery = `
  select inhrelid::text as "child", inhparent::text as "parent" from pg_catalog.pg_inherits order by inhrelid, inhseqno`;

interface UniqueRow {
  readonly tableOid: string;
  readonly primaryKey: boolean;
  readonly nullsEqual: boolean;
  /** Plain columns and those inside of expressions. */
  readonly columns: readonly string[];
  readonly parts: number;
}

/** Unique indexes and the columns that they need. NULLs can be equal in one since PostgreSQL 15. */
function uniqueQuery(serverVersionNum: number): string {
  return `
  select i.indrelid::text as "tableOid", i.indisprimary as "primaryKey",
         ${serverVersionNum >= 150_000 ? 'i.indnullsnotdistinct' : 'false'} as "nullsEqual", i.indnkeyatts as "parts",
         (select pg_catalog.array_agg(distinct a.attname::text)
            from pg_catalog.pg_attribute a
           where a.attrelid = i.indrelid
             and (a.attnum = any ((i.indkey::smallint[])[0 : i.indnkeyatts - 1])
                  or i.indexprs is not null
                     and exists (select from pg_catalog.pg_depend d
                                  where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = i.indexrelid
                                    and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = i.indrelid
                                    and d.refobjsubid = a.attnum))) as "columns"
    from pg_catalog.pg_index i
   where i.indisunique
   order by i.indexrelid`;
}

interface ForeignKeyRow {
  readonly tableOid: string;
  readonly column: string;
  readonly otherOid: string;
  readonly otherColumn: string;
}

/** Which column references which. Those of partitions come from their parent's. */
const foreignKeysQuery = `
  select k.conrelid::text as "tableOid", a.attname as "column", k.confrelid::text as "otherOid", o.attname as "otherColumn"
    from pg_catalog.pg_constraint k,
         rows from (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey)) as pair(own, other)
    join pg_catalog.pg_attribute a on true
    join pg_catalog.pg_attribute o on true
   where k.contype = 'f' and k.conparentid = 0
     and a.attrelid = k.conrelid and a.attnum = pair.own and o.attrelid = k.confrelid and o.attnum = pair.other
   order by k.oid, pair.own`;

/** Reads what masks depend on, from the catalogs alone. Throws SqlError. */
export async function readColumns(session: Session): Promise<ColumnCatalog> {
  const rows = await session.query<ColumnRow>(columnsQuery);
  const parents = Map.groupBy(await session.query<ParentRow>(parentsQuery), ({ child }) => child);
  const uniques = (await session.query<UniqueRow>(uniqueQuery(session.serverVersionNum))).filter(({ columns }) => columns !== null);
  const foreignKeys = await session.query<ForeignKeyRow>(foreignKeysQuery);

  const byPlace = new Map(rows.map((row) => [placeOf(row.tableOid, row.column), row]));
  /** The topmost table that has the column decides for it. */
  const ownerOf = (row: ColumnRow): ColumnRow => {
    if (!row.inherited) return row;
    const above = (parents.get(row.tableOid) ?? []).map(({ parent }) => byPlace.get(placeOf(parent, row.column))).find((found) => found !== undefined);
    return above === undefined ? row : ownerOf(above);
  };
  const owner = new Map(rows.map((row) => [row, ownerOf(row)]));
  const ownerAt = (tableOid: string, column: string): ColumnRow | undefined => {
    const row = byPlace.get(placeOf(tableOid, column));
    return row === undefined ? undefined : owner.get(row);
  };

  const uniqueOf = new Map<ColumnRow, { primaryKey: boolean; nullsEqual: boolean; alone: boolean }>();
  for (const { tableOid, columns, primaryKey, nullsEqual, parts } of uniques) {
    for (const column of columns) {
      const row = ownerAt(tableOid, column);
      if (row === undefined) continue;
      const known = uniqueOf.get(row);
      uniqueOf.set(row, {
        primaryKey: primaryKey || known?.primaryKey === true,
        nullsEqual: nullsEqual || known?.nullsEqual === true,
        alone: parts === 1 || known?.alone === true,
      });
    }
  }
  const ties = foreignKeys.flatMap(({ tableOid, column, otherOid, otherColumn }) => {
    const [own, other] = [ownerAt(tableOid, column), ownerAt(otherOid, otherColumn)];
    return own === undefined || other === undefined ? [] : [{ own, other }];
  });
  const references = Map.groupBy(ties, ({ own }) => own);
  const referencedBy = Map.groupBy(ties, ({ other }) => other);

  const held = Map.groupBy(rows, (row) => owner.get(row) ?? row);
  const columns = [...held].map(([row, all]): MaskableColumn => {
    const unique = uniqueOf.get(row);
    return {
      schema: row.schema,
      table: row.table,
      column: row.column,
      type: row.type,
      kind: typeKind(row),
      isDomain: row.isDomain,
      comment: row.comment,
      notNull: all.some(({ notNull }) => notNull),
      generated: all.some(({ generated }) => generated),
      identity: all.some(({ identity }) => identity),
      partitionKey: all.some(({ partitionKey }) => partitionKey),
      primaryKey: unique?.primaryKey === true,
      unique: unique === undefined ? 'no' : unique.alone ? 'alone' : 'with others',
      nullsEqual: unique?.nullsEqual === true,
      references: namesOf(references.get(row)?.map(({ other }) => other)),
      referencedBy: namesOf(referencedBy.get(row)?.map(({ own }) => own)),
      holders: all.filter(({ holdsRows }) => holdsRows).map(({ schema, table }) => ({ schema, name: table })),
    };
  });
  const owners = new Map([...owner].filter(([row, above]) => row !== above).map(([row, above]) => [showColumnPath(row), showColumnPath(above)]));
  const ofTable = Map.groupBy(rows, ({ tableOid }) => tableOid);
  const generated = rows.flatMap(({ schema, table, tableOid, column, type, generation, holdsRows }): GeneratedColumn[] => {
    if (generation === null || !holdsRows) return [];
    const inputs = (ofTable.get(tableOid) ?? []).filter((other) => !other.generated).map((other) => other.column);
    return [{ schema, name: table, column, type, expression: generation, inputs }];
  });
  return { columns, owners, generated };
}

function namesOf(rows: readonly ColumnRow[] = []): readonly string[] {
  return [...new Set(rows.map(showColumnPath))].sort();
}

function placeOf(tableOid: string, column: string): string {
  return `${tableOid} ${column}`;
}
