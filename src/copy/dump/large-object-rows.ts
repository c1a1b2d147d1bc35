/** A piece of a large object: small enough that a row of it fits into memory many times over. */
const pieceBytes = 1024 * 1024;

/**
 * Gives the content of large objects as rows (oid, offset, content), by what each role that may read them may call: the table behind them is
 * the superuser's alone. Sizes aren't known beforehand, so each object is followed piece by piece to its end.
 *
 * @param from the first oid. @param to the last. @param except those in between that are left out
 */
export function largeObjectsStatement(from: string, to: string, except: readonly string[] = []): string {
  const others = except.length === 0 ? '' : ` and m.oid <> all ('{${except.join(',')}}'::pg_catalog.oid[])`;
  return `
    copy (
      with recursive piece(oid, at, bytes) as (
        select m.oid, 0::bigint, pg_catalog.length(pg_catalog.lo_get(m.oid, 0, ${pieceBytes}))
          from pg_catalog.pg_largeobject_metadata m where m.oid between '${from}'::pg_catalog.oid and '${to}'::pg_catalog.oid${others}
        union all
        select oid, at + ${pieceBytes}, pg_catalog.length(pg_catalog.lo_get(oid, at + ${pieceBytes}, ${pieceBytes}))
          from piece where bytes = ${pieceBytes})
      select oid, at, pg_catalog.lo_get(oid, at, ${pieceBytes}) from piece where bytes > 0
    ) to stdout`;
}

/** Where rows of large objects wait until they are put into place. */
export const stagingTable = 'pg_temp.pgrehearse_large_objects';

export const makeStaging = `create temporary table pgrehearse_large_objects (oid pg_catalog.oid, at bigint, content bytea)`;

/** Puts the rows that were staged where they belong; the objects exist already. */
export const putStaged = `select pg_catalog.count(pg_catalog.lo_put(oid, at, content)) from ${stagingTable}`;
