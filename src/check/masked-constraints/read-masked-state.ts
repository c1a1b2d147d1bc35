import type { MaskedColumn } from '../../core/masking.ts';
import type { Session } from '../../core/ports.ts';

/** A masked column of a clone, known by its place, so that renaming doesn't hide it. */
export interface MaskedAttribute {
  readonly tableOid: string;
  readonly place: number;
  /** `public.users`, as it is named now. */
  readonly table: string;
  /** `public.users.email`. */
  readonly name: string;
  readonly strategy: string;
}

/** A constraint or unique index over a masked column. */
export interface MaskedConstraint {
  readonly oid: string;
  readonly kind: 'check' | 'unique' | 'foreign key' | 'exclusion';
  readonly name: string;
  /** `public.users`. */
  readonly table: string;
  readonly definition: string;
  /** Of a check: what holds for every row. */
  readonly expression: string | null;
  /** An index over expressions, or over some of the rows. */
  readonly partial: boolean;
  /** By name, those that are masked. */
  readonly columns: readonly string[];
}

export interface MaskedState {
  readonly attributes: readonly MaskedAttribute[];
  readonly constraints: readonly MaskedConstraint[];
}

/** Where the masked columns are: in the table that was decided about and in all below it; and what is generated from them. */
const attributesQuery = `
  with recursive decided(schema, name, attribute, strategy) as (
    select * from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::text[]), pg_catalog.unnest($4::text[]))),
  tables(oid, attribute, strategy) as (
    select c.oid, d.attribute, d.strategy
      from decided d join pg_catalog.pg_namespace n on n.nspname = d.schema
      join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = d.name
    union
    select i.inhrelid, t.attribute, t.strategy from tables t join pg_catalog.pg_inherits i on i.inhparent = t.oid),
  masked(oid, attnum, strategy) as (
    select a.attrelid, a.attnum, t.strategy
      from tables t join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attname = t.attribute and not a.attisdropped),
  generated(oid, attnum) as (
    select distinct g.adrelid, g.adnum
      from masked m join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = m.oid and d.refobjsubid = m.attnum
      join pg_catalog.pg_attrdef g on d.classid = 'pg_catalog.pg_attrdef'::regclass and d.objid = g.oid
      join pg_catalog.pg_attribute a on a.attrelid = g.adrelid and a.attnum = g.adnum and a.attgenerated <> '')
  select oid::text as "tableOid", attnum as "place", strategy from masked
  union all select oid::text, attnum, 'generated' from generated
  order by 1, 2`;

/** What columns are called now; those that are gone are left out. */
const namesQuery = `
  select m.oid::text as "tableOid", m.attnum as "place", m.strategy as "strategy",
         pg_catalog.format('%I.%I', n.nspname, c.relname) as "table", pg_catalog.format('%I.%I.%I', n.nspname, c.relname, a.attname) as "name"
    from rows from (pg_catalog.unnest($1::oid[]), pg_catalog.unnest($2::int2[]), pg_catalog.unnest($3::text[])) as m(oid, attnum, strategy)
    join pg_catalog.pg_attribute a on a.attrelid = m.oid and a.attnum = m.attnum and not a.attisdropped
    join pg_catalog.pg_class c on c.oid = m.oid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   order by n.nspname collate "C", c.relname collate "C", a.attnum`;

/** Validated constraints, and unique indexes that are none, that need a masked column. Those of partitions are their parent's. */
const constraintsQuery = `
  with masked as (select * from rows from (pg_catalog.unnest($1::oid[]), pg_catalog.unnest($2::int2[]), pg_catalog.unnest($3::text[])) as m(oid, attnum, name))
  select k.oid::text as "oid", case k.contype when 'c' then 'check' when 'f' then 'foreign key' when 'x' then 'exclusion' else 'unique' end as "kind",
         k.conname as "name", pg_catalog.format('%I.%I', n.nspname, c.relname) as "table", pg_catalog.pg_get_constraintdef(k.oid) as "definition",
         case when k.contype = 'c' then pg_catalog.pg_get_expr(k.conbin, k.conrelid) end as "expression", false as "partial",
         pg_catalog.array_agg(m.name order by m.attnum) as "columns"
    from masked m join pg_catalog.pg_constraint k on k.conrelid = m.oid and m.attnum = any (k.conkey)
    join pg_catalog.pg_class c on c.oid = k.conrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where k.contype in ('c', 'f', 'p', 'u', 'x') and k.convalidated and k.coninhcount = 0 and k.conparentid = 0
   group by k.oid, k.contype, k.conname, n.nspname, c.relname, k.conbin, k.conrelid
  union all
  select i.indexrelid::text, 'unique', ic.relname, pg_catalog.format('%I.%I', n.nspname, c.relname), pg_catalog.pg_get_indexdef(i.indexrelid), null,
         i.indexprs is not null or i.indpred is not null, pg_catalog.array_agg(distinct m.name)
    from masked m
    join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = m.oid and d.refobjsubid = m.attnum
    join pg_catalog.pg_index i on d.classid = 'pg_catalog.pg_class'::regclass and d.objid = i.indexrelid and i.indrelid = m.oid
    join pg_catalog.pg_class ic on ic.oid = i.indexrelid
    join pg_catalog.pg_class c on c.oid = i.indrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where i.indisunique and i.indisvalid and not ic.relispartition
   group by i.indexrelid, ic.relname, n.nspname, c.relname, i.indexprs::text, i.indpred::text
   order by 4, 3`;

/** Reads a clone before its migrations: where masked columns are, and which constraints need them. Throws SqlError. */
export async function readMaskedState(session: Session, columns: readonly MaskedColumn[]): Promise<MaskedState> {
  if (columns.length === 0) return { attributes: [], constraints: [] };
  const values = [
    columns.map(({ schema }) => schema),
    columns.map(({ table }) => table),
    columns.map(({ column }) => column),
    columns.map(({ strategy }) => strategy),
  ];
  const found = await session.query<Omit<MaskedAttribute, 'table' | 'name'>>(attributesQuery, values);
  return await readMaskedStateAgain(session, found);
}

/** The same columns later, whatever they are called by then. Throws SqlError. */
export async function readMaskedStateAgain(session: Session, known: readonly Omit<MaskedAttribute, 'table' | 'name'>[]): Promise<MaskedState> {
  if (known.length === 0) return { attributes: [], constraints: [] };
  const attributes = await session.query<MaskedAttribute>(namesQuery, [
    known.map(({ tableOid }) => tableOid),
    known.map(({ place }) => place),
    known.map(({ strategy }) => strategy),
  ]);
  const constraints = await session.query<MaskedConstraint>(constraintsQuery, [
    attributes.map(({ tableOid }) => tableOid),
    attributes.map(({ place }) => place),
    attributes.map(({ name }) => name),
  ]);
  return { attributes, constraints };
}
