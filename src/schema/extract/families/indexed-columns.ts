/** SQL: the dropped columns of each relation that has any, by their numbers: a table of `attrelid` and `dropped` to join as `c`. */
const droppedColumns = `(
        select a.attrelid, array_agg(a.attnum) as dropped
          from pg_catalog.pg_attribute a
         where a.attisdropped and a.attnum > 0 and a.attrelid >= 16384 and ($1::pg_catalog.oid[] is null or a.attrelid = any ($1))
         group by a.attrelid)`;

/**
 * SQL: which columns of its table `r` an index `x` is on, as their places among all that aren't dropped, 0 for an expression. Columns are hashed with their names in
 * this order, so that places say the same as names, and needn't be looked up by the thousand.
 *
 * @param dropped whether there may be dropped columns; then `joinDropped` is needed
 */
export function indexedColumns(dropped: boolean): string {
  if (!dropped) return 'x.indkey::text';
  return `case when c.dropped is null then x.indkey::text else
             (select string_agg((u.attnum - (select count(*) from unnest(c.dropped) d (attnum) where d.attnum < u.attnum))::text, ' ' order by u.place)
                from unnest(x.indkey) with ordinality u (attnum, place)) end`;
}

export const joinDropped = `left join ${droppedColumns} c on c.attrelid = r.oid`;
