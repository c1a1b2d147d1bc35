import type { Session } from '../../core/ports.ts';
import { qualifiedName } from '../../sql/quote.ts';

/** A table that an error names, or one above it. */
export interface AffectedTable {
  readonly oid: string;
  /** Quoted. */
  readonly schema: string;
  readonly relation: string;
  /** `public.item`. */
  readonly name: string;
  /** Inheritance children are tables of their own: partitions belong to their root. */
  readonly partitioned: boolean;
}

/** A table and the partitioned tables above it, the highest first: statements mostly name that. */
const affectedQuery = `
select c.oid::text as oid, pg_catalog.quote_ident(n.nspname) as schema, pg_catalog.quote_ident(c.relname) as relation, c.relkind = 'p' as partitioned
from pg_catalog.pg_partition_ancestors(pg_catalog.to_regclass($1)) with ordinality a (relid, place)
join pg_catalog.pg_class c on c.oid = a.relid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
order by a.place desc`;

/** Of a table that is neither partitioned nor a partition. */
const aloneQuery = `
select c.oid::text as oid, pg_catalog.quote_ident(n.nspname) as schema, pg_catalog.quote_ident(c.relname) as relation, false as partitioned
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.oid = pg_catalog.to_regclass($1)`;

/** The table of an error with those above it; none where it isn't there. Throws SqlError. @param schema as in the error's fields, not quoted */
export async function affectedTables(session: Session, schema: string, table: string): Promise<readonly AffectedTable[]> {
  const name = qualifiedName(schema, table);
  const above = await session.query<Omit<AffectedTable, 'name'>>(affectedQuery, [name]);
  const found = above.length > 0 ? above : await session.query<Omit<AffectedTable, 'name'>>(aloneQuery, [name]);
  return found.map((one) => ({ ...one, name: `${one.schema}.${one.relation}` }));
}
