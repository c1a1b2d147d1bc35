import { rowsOfClass } from '../classes/object-classes.ts';
import type { FactFamily } from '../fact-family.ts';

/** Enums, composite types, ranges and base types. */
export const types: FactFamily = {
  name: 'types',
  properties: ['labels', 'attribute order', 'definition'],
  sql: (major) => `
    select o.kind, o.name, o.parent, o.home,
           case when t.typtype = 'e' then
             coalesce((select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = o.oid), '')
           end as "labels",
           case when t.typtype = 'c' then
             coalesce((select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_catalog.pg_attribute a
                        where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped), '') end as "attribute order",
           case when not t.typisdefined then 'only announced'
                when t.typtype = 'b' then concat_ws(e',\\n',
                  'INPUT = ' || t.typinput::pg_catalog.regprocedure, 'OUTPUT = ' || t.typoutput::pg_catalog.regprocedure,
                  case when t.typreceive <> 0 then 'RECEIVE = ' || t.typreceive::pg_catalog.regprocedure end,
                  case when t.typsend <> 0 then 'SEND = ' || t.typsend::pg_catalog.regprocedure end,
                  case when t.typmodin <> 0 then 'TYPMOD_IN = ' || t.typmodin::pg_catalog.regprocedure end,
                  case when t.typmodout <> 0 then 'TYPMOD_OUT = ' || t.typmodout::pg_catalog.regprocedure end,
                  case when t.typanalyze <> 0 then 'ANALYZE = ' || t.typanalyze::pg_catalog.regprocedure end,
                  ${major >= 14 ? `case when t.typsubscript <> 0 then 'SUBSCRIPT = ' || t.typsubscript::pg_catalog.regprocedure end,` : ''}
                  'INTERNALLENGTH = ' || t.typlen, case when t.typbyval then 'PASSEDBYVALUE' end, 'ALIGNMENT = ' || t.typalign::text,
                  'STORAGE = ' || t.typstorage::text, 'CATEGORY = ' || quote_literal(t.typcategory::text), case when t.typispreferred then 'PREFERRED' end,
                  'DEFAULT = ' || coalesce(pg_catalog.pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault)),
                  case when t.typelem <> 0 then 'ELEMENT = ' || pg_catalog.format_type(t.typelem, null) end,
                  'DELIMITER = ' || quote_literal(t.typdelim::text), case when t.typcollation <> 0 then 'COLLATABLE' end)
                when t.typtype = 'r' then (
                  select concat_ws(e',\\n',
                           'SUBTYPE = ' || pg_catalog.format_type(r.rngsubtype, null),
                           'SUBTYPE_OPCLASS = ' || format('%I.%I', cn.nspname, c.opcname),
                           (select 'COLLATION = ' || format('%I.%I', ln.nspname, l.collname) from pg_catalog.pg_collation l
                              join pg_catalog.pg_namespace ln on ln.oid = l.collnamespace where l.oid = r.rngcollation),
                           case when r.rngcanonical <> 0 then 'CANONICAL = ' || r.rngcanonical::pg_catalog.regprocedure end,
                           case when r.rngsubdiff <> 0 then 'SUBTYPE_DIFF = ' || r.rngsubdiff::pg_catalog.regprocedure end${
                             major >= 14 ? `,\n                           'MULTIRANGE_TYPE_NAME = ' || pg_catalog.format_type(r.rngmultitypid, null)` : ''
                           })
                    from pg_catalog.pg_range r
                    join pg_catalog.pg_opclass c on c.oid = r.rngsubopc
                    join pg_catalog.pg_namespace cn on cn.oid = c.opcnamespace
                   where r.rngtypid = o.oid) end as "definition",
           case when t.typtype = 'c' then
             (select jsonb_object_agg('attribute ' || quote_ident(a.attname), pg_catalog.format_type(a.atttypid, a.atttypmod) || coalesce(
                       (select ' COLLATE ' || format('%I.%I', ln.nspname, l.collname) from pg_catalog.pg_collation l
                          join pg_catalog.pg_namespace ln on ln.oid = l.collnamespace where l.oid = a.attcollation and a.attcollation <> s.typcollation), ''))
                from pg_catalog.pg_attribute a
                join pg_catalog.pg_type s on s.oid = a.atttypid
               where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped) end as more
      from ${rowsOfClass('pg_type', major)} o
      join pg_catalog.pg_type t on t.oid = o.oid
     where o.own and t.typtype <> 'd'`,
};

/** Domains with their constraints. From version 17 on NOT NULL is a constraint with a name, which is a fact where somebody chose it. */
export const domains: FactFamily = {
  name: 'domains',
  catalog: 'pg_type',
  rowsOfCatalog: `c.oid >= 16384 and c.typtype = 'd'`,
  properties: ['type', 'not null', 'collate', 'default', 'not null constraint name'],
  sql: (major) => `
    select o.kind, o.name, o.parent, o.home,
           pg_catalog.format_type(t.typbasetype, t.typtypmod) as "type",
           case when t.typnotnull then 'yes' else 'no' end as "not null",
           (select format('%I.%I', ln.nspname, l.collname) from pg_catalog.pg_collation l join pg_catalog.pg_namespace ln on ln.oid = l.collnamespace
             where l.oid = t.typcollation and t.typcollation <> b.typcollation) as "collate",
           coalesce(pg_catalog.pg_get_expr(t.typdefaultbin, 'pg_catalog.pg_type'::pg_catalog.regclass), t.typdefault) as "default",
           (select quote_ident(k.conname) from pg_catalog.pg_constraint k
             where k.contypid = o.oid and k.contype = 'n' and k.conname not like '%\\_not\\_null') as "not null constraint name",
           (select jsonb_object_agg('constraint ' || quote_ident(k.conname), pg_catalog.pg_get_constraintdef(k.oid))
              from pg_catalog.pg_constraint k
             where k.contypid = o.oid and k.contype <> 'n') as more
      from ${rowsOfClass('pg_type', major)} o
      join pg_catalog.pg_type t on t.oid = o.oid
      join pg_catalog.pg_type b on b.oid = t.typbasetype
     where o.own and t.typtype = 'd'`,
};
