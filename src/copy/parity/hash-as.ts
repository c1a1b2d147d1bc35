import { type ColumnHash, hexadecimalHash } from '../../core/data.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { qualifiedName, quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';
import { askHasher } from './ask-hasher.ts';
import { type HashWay, hashWayWhere, valueHash } from './value-hash.ts';

/** A column, and the type that its values are read as. */
export interface HashedAs {
  readonly schema: string;
  readonly table: string;
  /** With all partitions below; else the table's own rows. */
  readonly tree: boolean;
  readonly column: string;
  /** SQL, with its schema. */
  readonly type: string;
  /** Of an enum: labels, and what each is to be read as instead. */
  readonly labels?: ReadonlyMap<string, string>;
}

const wayQuery = `
  select ${hashWayWhere("$1 like '%)'")} as way
    from pg_catalog.pg_type t
    left join pg_catalog.pg_proc o on o.oid = t.typoutput and o.pronamespace = 'pg_catalog'::regnamespace
   where t.oid = $1::regtype`;

/**
 * The hash that a column would have, as hashTables gives it, were its values cast to another type. Undefined where the server refuses that: there is no such
 * cast or type, or a value that doesn't fit. Throws FailureError.
 */
export async function hashAs(context: Context, address: Address, wanted: HashedAs): Promise<ColumnHash | undefined> {
  return await askHasher(context, address, (session) => hash(session, wanted));
}

async function hash(session: Session, { schema, table, tree, column, type, labels }: HashedAs): Promise<ColumnHash | undefined> {
  const [known] = await session.query<{ way: HashWay }>(wayQuery, [type]);
  if (known === undefined) return undefined;
  const value = `${quoteIdentifier(column)}::${type}`;
  const cases = [...(labels ?? [])].map(([label, read]) => `when ${quoteLiteral(label)} then ${quoteLiteral(read)}`);
  const [read, way] = cases.length === 0 ? [value, known.way] : [`case ${value}::text ${cases.join(' ')} else ${value}::text end`, 'text' as const];
  const from = `${tree ? '' : 'only '}${qualifiedName(schema, table)}`;
  const [row] = await session.query<{ sum: string | null; values: string }>(`
    select pg_catalog.sum(h)::text as sum, pg_catalog.count(h)::text as values
      from (select ${valueHash('v', way)} as h from (select ${read} as v from ${from} offset 0) as read offset 0) as hashes`);
  if (row === undefined) return undefined;
  return {
    column,
    values: Number(row.values),
    hash: hexadecimalHash(BigInt(row.sum ?? 0)),
  };
}
