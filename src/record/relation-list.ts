import type { Session } from '../core/ports.ts';

/** A relation of the database as its committed catalog shows it. */
export interface ListedRelation {
  readonly oid: number;
  /** pg_class.relkind. */
  readonly kind: string;
  readonly schema: string;
  readonly name: string;
  /** The table of an index. */
  readonly table?: number;
  /** 0 where the relation has no storage. */
  readonly filenode: number;
  /** The planner's estimate; absent where the relation was never analysed. */
  readonly rows?: number;
  readonly bytes?: number;
}

interface Row {
  readonly oid: number;
  readonly kind: string;
  readonly schema: string;
  readonly name: string;
  readonly table: number | null;
  readonly filenode: number;
  readonly rows: number;
  readonly bytes: number | null;
}

const columns = `c.oid::pg_catalog.int8::pg_catalog.float8 as oid, c.relkind::pg_catalog.text as kind, n.nspname::pg_catalog.text as schema, c.relname::pg_catalog.text as name,
  i.indrelid::pg_catalog.int8::pg_catalog.float8 as "table", c.relfilenode::pg_catalog.int8::pg_catalog.float8 as filenode, c.reltuples::pg_catalog.float8 as rows`;

const joins = `from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join pg_catalog.pg_index i on i.indexrelid = c.oid
  where c.oid >= 16384 and c.relpersistence <> 't' and n.nspname <> 'pg_toast' and n.nspname !~ '^pgrehearse_recorder_' and c.relkind <> 'c'`;

/**
 * All relations of the database with their sizes. Opens each of them, so it is only for times at which no migration runs.
 * Sizes are pg_table_size's: all forks, and TOAST.
 */
export async function listRelations(session: Session): Promise<readonly ListedRelation[]> {
  const rows = await session.query<Row>(`select ${columns},
  case when c.relkind in ('r', 'm', 'i', 'S') then pg_catalog.pg_table_size(c.oid)::pg_catalog.float8 end as bytes
  ${joins} order by c.oid`);
  return rows.map(toListed);
}

/** The relations whose rows in pg_class were written since a transaction id, or all. Reads catalogs only: no relation is opened. */
export async function listChangedRelations(
  session: Session,
  since: string | undefined,
): Promise<{ readonly relations: readonly ListedRelation[]; readonly seen: string }> {
  // The horizon is read first: what commits between the two is read twice rather than never.
  const [horizon] = await session.query<{ seen: string }>('select pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::pg_catalog.text as seen');
  const rows = await session.query<Row>(
    `select ${columns}, null as bytes ${joins}
  ${since === undefined ? '' : 'and pg_catalog.age(c.xmin) <= pg_catalog.age($1::pg_catalog.xid8::pg_catalog.xid)'} order by c.oid`,
    since === undefined ? [] : [since],
  );
  return { relations: rows.map(toListed), seen: horizon?.seen ?? '' };
}

function toListed({ oid, kind, schema, name, table, filenode, rows, bytes }: Row): ListedRelation {
  return {
    oid,
    kind,
    schema,
    name,
    filenode,
    ...(table === null ? {} : { table }),
    ...(rows < 0 ? {} : { rows }),
    ...(bytes === null ? {} : { bytes }),
  };
}
