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
  /** Tables above that show its rows besides their own, being no partitioned ones. */
  readonly inherits: readonly string[];
  /** Not in the write-ahead log: a crash empties it, and replicas show no row of it. */
  readonly unlogged: boolean;
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
  /** Its values are numbers that a sequence deals. */
  readonly dealt: boolean;
  /** Changes when the column itself is altered: its type, name or default, and not its values. */
  readonly version: string;
}

const placesQuery = `
select c.oid::text as oid, n.nspname as schema, c.relname as "table", c.relfilenode::text as file,
       case when c.relispartition then i.inhparent::text end as parent,
       array(select h.inhparent::text from pg_catalog.pg_inherits h where h.inhrelid = c.oid and not c.relispartition order by h.inhseqno) as inherits,
       c.relpersistence = 'u' as unlogged,
       coalesce((select pg_catalog.json_agg(pg_catalog.json_build_object('number', a.attnum, 'name', a.attname,
                          'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'generated', a.attgenerated <> '', 'version', a.xmin::text,
                          'dealt', a.attidentity <> '' or coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid) like 'nextval(%', false)) order by a.attnum)
                   from pg_catalog.pg_attribute a
                   left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
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
