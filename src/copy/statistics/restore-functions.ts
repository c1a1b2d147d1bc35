import { stagingTable, statisticColumns } from './staging.ts';

/**
 * Hands the columns of some relations to PostgreSQL 18's own function, which checks them, and warns of what it doesn't take. Called in the select list: where it is
 * called among conditions is for the planner to choose.
 *
 * @example session.query(restoreColumns, [[1, 2, 3]]) // of the relations at these places; gives a row for each column
 */
export const restoreColumns = `
  select pg_catalog.pg_restore_attribute_stats(
           'version', pg_catalog.current_setting('server_version_num')::integer, 'schemaname', s.schema::text, 'relname', s.name::text,
           'attname', case when s.kind = 'a' then s.attribute::text end, 'attnum', s.number, 'inherited', s.inherited,
           ${statisticColumns.map((column) => `'${column}', s.${column}`).join(', ')}) as taken
    from ${stagingTable} s
   where s.place = any ($1::integer[]) and s.kind in ('a', 'x')`;

/** The same of the relations themselves: the source's rows, over the pages that the copy has. Production's pages may be half empty; the copy's aren't. */
export const restoreRelations = `
  select pg_catalog.pg_restore_relation_stats(
           'version', pg_catalog.current_setting('server_version_num')::integer, 'schemaname', s.schema::text, 'relname', s.name::text,
           'relpages', case when s.kind = 'p' then s.pages else now.pages end, 'reltuples', s.tuples,
           'relallvisible', case when s.kind = 'p' then c.relallvisible else round(s.visible * now.pages)::int end)
    from ${stagingTable} s
    join pg_catalog.pg_namespace n on n.nspname = s.schema join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = s.name and c.relkind::text = s.kind
    cross join lateral (select (pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::bigint)::int as pages) as now
   where s.place = any ($1::integer[])`;
