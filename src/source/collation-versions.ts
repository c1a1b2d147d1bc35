import type { Session } from '../core/ports.ts';

/** By which version of its libraries does the source sort, for each collation that a column uses? PostgreSQL 15 tells it of the database's own. */
function versionsQuery(serverVersionNum: number): string {
  const own =
    serverVersionNum >= 150_000
      ? `select 'default' as "name", pg_catalog.pg_database_collation_actual_version(d.oid) as "version"
           from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()
         union all`
      : '';
  return `
    ${own}
    select pg_catalog.format('%I.%I', n.nspname, c.collname), pg_catalog.pg_collation_actual_version(c.oid)
      from pg_catalog.pg_collation c join pg_catalog.pg_namespace n on n.oid = c.collnamespace
     where c.collprovider in ('c', 'i') and c.collname not in ('C', 'POSIX')
       and c.oid in (select a.attcollation from pg_catalog.pg_attribute a join pg_catalog.pg_class r on r.oid = a.attrelid
                      join pg_catalog.pg_namespace rn on rn.oid = r.relnamespace
                      where a.attnum > 0 and not a.attisdropped and rn.nspname <> 'information_schema' and rn.nspname !~ '^pg_')
     order by 1`;
}

/** The version of each collation in use, by its name (`default`: the database's own). Throws SqlError. */
export async function readCollationVersions(session: Session): Promise<Readonly<Record<string, string>>> {
  const rows = await session.query<{ name: string; version: string | null }>(versionsQuery(session.serverVersionNum));
  return Object.fromEntries(rows.flatMap(({ name, version }) => (version === null ? [] : [[name, version]])));
}
