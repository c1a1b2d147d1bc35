/**
 * The relations that are the user's own, as a table to select from: `oid`, `relkind`, `relpersistence`, `relispartition`, `nspname`, `relname`, and `name`,
 * which is qualified and quoted. Not those of the server and of temporary schemas. Restricted to `$1` by the relation's oid.
 *
 * Tables that an extension brought along are ours too: people add indexes, triggers and policies to them, which no dump shows. Its views and sequences aren't.
 *
 * Materialised, so that the name is made once a relation and not once a column.
 *
 * @param kinds `relkind`s, as in `'r', 'p'`
 */
export function ourRelations(kinds: string): string {
  return `(
    select c.oid, c.relkind, c.relname, n.nspname, format('%I.%I', n.nspname, c.relname) as name, c.relispartition, c.relpersistence
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind in (${kinds})
       and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       and ($1::pg_catalog.oid[] is null or c.oid = any ($1))
       and (c.relkind in ('r', 'p', 'f', 'm') or not exists (
         select from pg_catalog.pg_depend d
          where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.objsubid = 0
            and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and d.deptype = 'e'))
    offset 0)`;
}
