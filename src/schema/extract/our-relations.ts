/**
 * The relations that are the user's own, as a table to select from: the columns of pg_class, `nspname`, and `name`, which is qualified and quoted. Not those of the server and of temporary schemas. Restricted to `$1` by the relation's oid.
 *
 * Tables that an extension brought along are ours too: people add indexes, triggers and policies to them, which no dump shows. Its views and sequences aren't.
 *
 * Materialised, so that the name is made once a relation and not once a column. The members of extensions are asked for as a list, which planners know the price
 * of: with one look for each relation they take this for so costly that the order of all other joins no longer counts.
 *
 * @param kinds `relkind`s, as in `'r', 'p'`
 */
export function ourRelations(kinds: string): string {
  return `(
    select c.*, n.nspname, format('%I.%I', n.nspname, c.relname) as name
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind in (${kinds})
       and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       and ($1::pg_catalog.oid[] is null or c.oid = any ($1))
       and (c.relkind in ('r', 'p', 'f', 'm') or c.oid not in (
         select d.objid
           from pg_catalog.pg_depend d
          where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objsubid = 0
            and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and d.deptype = 'e'))
    offset 0)`;
}
