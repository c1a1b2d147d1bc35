import type { Session } from '../../core/ports.ts';

/** A table that may hold rows, by what survives its renaming. */
export interface TablePlace {
  readonly oid: string;
  readonly schema: string;
  readonly table: string;
  /** Changes when a rewrite or TRUNCATE gives the table a new file; 0 where it has none. */
  readonly file: string;
  /** The partitioned table above. */
  readonly parent: string | undefined;
  readonly columns: readonly ColumnPlace[];
}

export interface ColumnPlace {
  /** Survives its renaming. */
  readonly number: number;
  readonly name: string;
  /** With its modifiers, as SQL. */
  readonly type: string;
  /** Its values follow from others: they aren't lost with it. */
  readonly generated: boolean;
}

const placesQuery = `
select c.oid::text as oid, n.nspname as schema, c.relname as "table", c.relfilenode::text as file,
       case when c.relispartition then i.inhparent::text end as parent,
       coalesce((select pg_catalog.json_agg(pg_catalog.json_build_object('number', a.attnum, 'name', a.attname,
                          'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'generated', a.attgenerated <> '') order by a.attnum)
                   from pg_catalog.pg_attribute a
                  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]') as columns
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_inherits i on i.inhrelid = c.oid and c.relispartition
where c.relkind in ('r', 'p') and c.relpersistence <> 't' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by n.nspname collate "C", c.relname collate "C", c.oid`;

/** Every table outside the system's schemas with its columns. Throws SqlError. */
export async function readColumns(session: Session): Promise<readonly TablePlace[]> {
  // Types are told with their schema.
  await session.execute("set search_path = ''");
  const rows = await session.query<Omit<TablePlace, 'parent'> & { parent: string | null }>(placesQuery);
  return rows.map(({ parent, ...table }) => ({ ...table, parent: parent ?? undefined }));
}
