import { stagingTable } from './staging.ts';

/** Domains, however deep, by the type that they are made of. */
const domains = `
  domain(oid, base) as (
    select t.oid, t.typbasetype from pg_catalog.pg_type t where t.typtype = 'd'
    union all
    select d.oid, t.typbasetype from domain d join pg_catalog.pg_type t on t.oid = d.base where t.typtype = 'd')`;

/** The columns that are staged, with all that Postgres would know of their types. */
const placed = `
  placed as (
    select s.*, c.oid as relation, a.attnum, a.atttypid as type, coalesce(d.base, a.atttypid) as base, a.attcollation as collation, e.element,
           coalesce(ed.base, e.element) as element_base, m.rngtypid as multirange_of,
           array_remove(array[case when s.most_common_vals is not null then 1 end, case when s.range_bounds_histogram is not null then 7 end,
                              case when s.range_length_histogram is not null then 6 end, case when s.histogram_bounds is not null then 2 end,
                              case when s.correlation is not null then 3 end, case when s.most_common_elems is not null then 4 end,
                              case when s.elem_count_histogram is not null then 5 end], null) as kinds
      from ${stagingTable} s
      join pg_catalog.pg_namespace n on n.nspname = s.schema
      join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = s.name and (s.kind = 'x') = (c.relkind = 'i')
      join pg_catalog.pg_attribute a
        on a.attrelid = c.oid and not a.attisdropped and a.attnum > 0 and case when s.kind = 'x' then a.attnum = s.number else a.attname = s.attribute end
      left join domain d on d.oid = a.atttypid and not exists (select from pg_catalog.pg_type x where x.oid = d.base and x.typtype = 'd')
      left join pg_catalog.pg_type b on b.oid = coalesce(d.base, a.atttypid)
      left join pg_catalog.pg_range m on m.rngmultitypid = b.oid
      cross join lateral (select case when b.oid = 'pg_catalog.tsvector'::regtype then 'pg_catalog.text'::regtype::oid else b.typelem end) as e(element)
      left join domain ed on ed.oid = e.element and not exists (select from pg_catalog.pg_type x where x.oid = ed.base and x.typtype = 'd')
     where s.place = any ($1::integer[]) and s.kind in ('a', 'x'))`;

/** A type's default operator class of an access method: its own, else that of a type with the same binary form, a preferred one first. */
function defaultClass(method: string): string {
  return `
    select distinct on (u.type) u.type, k.opcfamily as family, k.opcintype as input
      from used u join pg_catalog.pg_type t on t.oid = u.type
      join pg_catalog.pg_opclass k on k.opcdefault and k.opcmethod = (select am.oid from pg_catalog.pg_am am where am.amname = '${method}')
      join pg_catalog.pg_type i on i.oid = k.opcintype
     where k.opcintype = u.type
        or exists (select from pg_catalog.pg_cast x
                    where x.castsource = u.type and x.casttarget = k.opcintype and x.castmethod = 'b' and x.castcontext = 'i')
        or k.opcintype = case t.typtype when 'e' then 'anyenum' when 'r' then 'anyrange' when 'm' then 'anymultirange' when 'c' then 'record'
                           else case when t.typelem <> 0 and t.typlen = -1 then 'anyarray' end end::regtype
     order by u.type, k.opcintype = u.type desc, i.typispreferred desc`;
}

function operator(method: string, family: string, strategy: number): string {
  return `(select o.amopopr from pg_catalog.pg_amop o join pg_catalog.pg_am am on am.oid = o.amopmethod
            where am.amname = '${method}' and o.amopfamily = ${family}.family and o.amoplefttype = ${family}.input
              and o.amoprighttype = ${family}.input and o.amopstrategy = ${strategy})`;
}

/** By which operators values of a type are found equal, and less: as ANALYZE chooses them. */
const operators = `
  used as (select base as type from placed union select element_base from placed where 4 = any (kinds) or 5 = any (kinds)),
  operators as (
    select u.type, coalesce(${operator('btree', 'sorted', 3)}, ${operator('hash', 'hashed', 1)}) as equal, ${operator('btree', 'sorted', 1)} as less
      from used u left join (${defaultClass('btree')}) as sorted on sorted.type = u.type left join (${defaultClass('hash')}) as hashed on hashed.type = u.type)`;

/** The five slots of a row, each as a function of what kind stands in it. */
function slots(of: (kind: string, place: number) => string): string {
  return [1, 2, 3, 4, 5].map((place) => of(`coalesce(p.kinds[${place}], 0)`, place)).join(', ');
}

const operatorOf = (kind: string) =>
  `case ${kind} when 1 then own.equal when 2 then own.less when 3 then own.less when 4 then parts.equal when 5 then parts.equal
     when 6 then '<(float8,float8)'::pg_catalog.regoperator::oid else 0 end`;

const collationOf = (kind: string) =>
  `case when ${kind} in (0, 6, 7) then 0 when ${kind} = 4 and p.base = 'pg_catalog.tsvector'::regtype then '"default"'::pg_catalog.regcollation::oid
     else p.collation end`;

const numbersOf = (kind: string) =>
  `case ${kind} when 1 then p.most_common_freqs when 3 then array[p.correlation] when 4 then p.most_common_elem_freqs
     when 5 then p.elem_count_histogram when 6 then array[p.range_empty_frac] end`;

/** Read as values of the type that ANALYZE would have kept: of the column's own, domains included, of its elements, or of the range in a multirange. */
const valuesOf = (kind: string) =>
  `pg_catalog.array_in(
     pg_catalog.textout(case ${kind} when 1 then p.most_common_vals when 2 then p.histogram_bounds when 4 then p.most_common_elems
                          when 6 then p.range_length_histogram when 7 then p.range_bounds_histogram end),
     case ${kind} when 4 then p.element when 6 then 'pg_catalog.float8'::regtype when 7 then coalesce(p.multirange_of, p.base) else p.type end, -1)`;

const names = (name: string) => [1, 2, 3, 4, 5].map((place) => `${name}${place}`).join(', ');

/**
 * Puts the columns of some relations where ANALYZE would: before PostgreSQL 18 there is no other way in. Values go through their types' input functions,
 * so each is a sound one of just the type that the planner will take it for; a frequency that belongs to no value is no row.
 *
 * @example session.query(insertColumns, [[1, 2, 3]]) // of the relations at these places; gives one row for each column written
 */
export const insertColumns = `
  insert into pg_catalog.pg_statistic (starelid, staattnum, stainherit, stanullfrac, stawidth, stadistinct,
    ${names('stakind')}, ${names('staop')}, ${names('stacoll')}, ${names('stanumbers')}, ${names('stavalues')})
  with recursive ${domains}, ${placed}, ${operators}
  select p.relation, p.attnum, p.inherited, p.null_frac, p.avg_width, p.n_distinct,
         ${slots((kind) => kind)}, ${slots(operatorOf)}, ${slots(collationOf)}, ${slots(numbersOf)}, ${slots(valuesOf)}
    from placed p left join operators own on own.type = p.base left join operators parts on parts.type = p.element_base
   where p.most_common_vals is null
      or pg_catalog.array_length(pg_catalog.array_in(pg_catalog.textout(p.most_common_vals), p.type, -1), 1) = pg_catalog.cardinality(p.most_common_freqs)`;

/** Takes away what may be there already: who wakes up early analyses first. */
export const deleteColumns = `
  delete from pg_catalog.pg_statistic t using ${stagingTable} s, pg_catalog.pg_class c, pg_catalog.pg_namespace n
   where s.place = any ($1::integer[]) and s.kind <> 'a' and n.nspname = s.schema and c.relnamespace = n.oid and c.relname = s.name and t.starelid = c.oid`;

/**
 * What the planner takes for the size of each relation: the source's rows, over the pages that the copy has. Production's pages may be half empty;
 * the copy's aren't.
 */
export const updateRelations = `
  update pg_catalog.pg_class c set relpages = f.pages, reltuples = f.tuples, relallvisible = f.visible
    from (select c.oid, s.kind, case when s.kind = 'p' then s.pages else now.pages end as pages,
                 case when s.tuples < 0 and pg_catalog.current_setting('server_version_num')::int < 140000 then 0 else s.tuples end as tuples,
                 case when s.kind = 'p' then c.relallvisible else round(s.visible * now.pages)::int end as visible
            from ${stagingTable} s join pg_catalog.pg_namespace n on n.nspname = s.schema join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = s.name
            cross join lateral (select (pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::bigint)::int as pages) as now
           where s.place = any ($1::integer[]) and s.kind = c.relkind::text) as f
   where c.oid = f.oid`;
