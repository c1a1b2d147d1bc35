/** A table with the rows that were written to it since the server began to count, those of the asking session's open transaction too. */
export interface TableCounters {
  /** Survives renames. */
  readonly oid: string;
  readonly schema: string;
  readonly table: string;
  /** Changes when TRUNCATE or a rewrite gives the table a new file. */
  readonly file: string;
  /** The partitioned table above, if any. */
  readonly parent: string | undefined;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

/**
 * What was written to each table, as the session that writes sees it: what the server has been told, and what the session hasn't handed over yet. Since
 * PostgreSQL 15 both together are exact; before, what is handed over arrives some time later. Asked in a session of the team's own tool, so that every name
 * has its schema.
 */
export const rowCountersStatement = {
  name: 'pgrehearse_rows',
  text: `
select c.oid::pg_catalog.text as oid, n.nspname::pg_catalog.text as schema, c.relname::pg_catalog.text as name,
  c.relfilenode::pg_catalog.text as file, coalesce(i.inhparent::pg_catalog.text, '') as parent, ${['inserted', 'updated', 'deleted']
    .map(
      (kind) =>
        `(coalesce(pg_catalog.pg_stat_get_tuples_${kind}(c.oid), 0) operator(pg_catalog.+) coalesce(pg_catalog.pg_stat_get_xact_tuples_${kind}(c.oid), 0))::pg_catalog.text as ${kind}`,
    )
    .join(', ')}
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) c.relnamespace
left join pg_catalog.pg_inherits i on i.inhrelid operator(pg_catalog.=) c.oid and c.relispartition
where c.relkind operator(pg_catalog.=) any ('{r,p}'::pg_catalog."char"[]) and c.relpersistence operator(pg_catalog.<>) 't'
  and n.nspname operator(pg_catalog.<>) 'information_schema' and n.nspname operator(pg_catalog.!~) '^pg_'
order by c.oid`,
} as const;

/** The first server whose counters are exact in the middle of a migration. */
export const countsExactlySince = 150_000;

/** Reads the answer to `rowCountersStatement`, its columns in order. */
export function readRowCounters(rows: readonly (readonly (string | null)[])[]): readonly TableCounters[] {
  return rows.map(([oid, schema, table, file, parent, inserted, updated, deleted]) => ({
    oid: oid ?? '',
    schema: schema ?? '',
    table: table ?? '',
    file: file ?? '',
    parent: parent === '' || parent === null ? undefined : parent,
    inserted: Number(inserted),
    updated: Number(updated),
    deleted: Number(deleted),
  }));
}
