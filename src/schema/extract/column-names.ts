/**
 * The names of all columns of each relation with an index, by their numbers: a table of `attrelid` and `names`, quoted, to look many names up in. Dropped
 * columns are null.
 * Restricted to `$1` by the relation's oid.
 */
export const columnNames = `(
        select a.attrelid, array_agg(a.name) as names
          from (select c.attrelid, case when not c.attisdropped then quote_ident(c.attname) end as name
                  from pg_catalog.pg_attribute c
                 where c.attnum > 0 and c.attrelid >= 16384 and ($1::pg_catalog.oid[] is null or c.attrelid = any ($1))
                   and ($1 is not null or c.attrelid in (select x.indrelid from pg_catalog.pg_index x))
                 order by c.attrelid, c.attnum) a
         group by a.attrelid)`;
