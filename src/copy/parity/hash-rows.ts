import type { Context, Session } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { qualifiedName, quoteIdentifier } from '../../sql/quote.ts';
import { askHasher } from './ask-hasher.ts';
import { rowHash } from './row-hash.ts';
import { type HashWay, hashWayWhere, valueHash } from './value-hash.ts';

/** Some columns of a table, in an order that both sides of a comparison have. */
export interface HashedRows {
  readonly schema: string;
  readonly table: string;
  /** With all partitions below; else the table's own rows. */
  readonly tree: boolean;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

const waysQuery = `
  select ${hashWayWhere("w.type like '%)'")} as way
    from pg_catalog.unnest($1::text[]) with ordinality as w (type, at)
    join pg_catalog.pg_type t on t.oid = w.type::regtype
    left join pg_catalog.pg_proc o on o.oid = t.typoutput and o.pronamespace = 'pg_catalog'::regnamespace
   order by w.at`;

/**
 * The sum of hashes of rows, whatever order they are in, each made of these columns alone: it tells which of their values stand beside each other. Equal for integers
 * of other widths and texts of other types, as hashes of columns are. Undefined where the server refuses to read them. Throws FailureError.
 */
export async function hashRows(context: Context, address: Address, wanted: HashedRows): Promise<string | undefined> {
  return await askHasher(context, address, (session) => hash(session, wanted));
}

async function hash(session: Session, { schema, table, tree, columns }: HashedRows): Promise<string | undefined> {
  const ways = await session.query<{ way: HashWay }>(waysQuery, [columns.map(({ type }) => type)]);
  if (ways.length !== columns.length) return undefined;
  const parts = ways.map(({ way }, at) => {
    const value = quoteIdentifier(columns[at]?.name ?? '');
    return { way, value, hash: valueHash(value, way), nulls: 'some' as const };
  });
  const [row] = await session.query<{ sum: string | null; rows: string }>(
    `select pg_catalog.sum(${rowHash(parts)})::text as sum, pg_catalog.count(*)::text as rows from ${tree ? '' : 'only '}${qualifiedName(schema, table)}`,
  );
  return row === undefined ? undefined : `${row.rows} ${row.sum}`;
}
