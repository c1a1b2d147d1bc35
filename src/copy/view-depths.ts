/** SQL for WITH RECURSIVE: `depth(oid, level)`, how many views stand between a view and what holds rows of its own; several rows where several ways lead there. */
export const viewDepths = `
  reads(reader, relation) as (
    select distinct r.ev_class, d.refobjid
      from pg_catalog.pg_rewrite r
      join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = r.oid
       and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid <> r.ev_class
      join pg_catalog.pg_class c on c.oid = d.refobjid and c.relkind in ('v', 'm')),
  depth(oid, level) as (
    select c.oid, 0 from pg_catalog.pg_class c where c.relkind in ('v', 'm')
    union
    select reads.reader, depth.level + 1 from depth join reads on reads.relation = depth.oid where depth.level < 1000)`;
