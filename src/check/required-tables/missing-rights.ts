import type { Session } from '../../core/ports.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import type { RequiredTableFacts } from './read-table.ts';

/** A right that a role lacks, as the GRANT that would give it. */
export interface MissingRight {
  /** `USAGE on schema audit`. */
  readonly right: string;
  readonly grant: string;
}

/**
 * What a role lacks of a schema, of its table, and of the sequences that the table's defaults call. Asked in any session: the catalog says it of every role.
 */
const rightsQuery = `
select pg_catalog.quote_ident(n.nspname) as schema, pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE') as usage,
  pg_catalog.has_any_column_privilege(r.oid, c.oid, $3) as allowed,
  array(
    select pg_catalog.quote_ident(sn.nspname) || '.' || pg_catalog.quote_ident(s.relname)
    from pg_catalog.pg_attrdef d
    join pg_catalog.pg_depend e on e.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass and e.objid = d.oid
      and e.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    join pg_catalog.pg_class s on s.oid = e.refobjid
    join pg_catalog.pg_namespace sn on sn.oid = s.relnamespace
    where d.adrelid = c.oid and case when s.relkind = 'S' then not pg_catalog.has_sequence_privilege(r.oid, s.oid, 'USAGE, UPDATE') else false end
    order by 1
  ) as sequences
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
cross join pg_catalog.pg_roles r
where c.oid = $1::pg_catalog.oid and r.rolname = $2`;

/** Rights that a role lacks for reading or writing a table; empty where something else refused it. Throws SqlError. */
export async function missingRights(
  session: Session,
  { oid, sqlName }: RequiredTableFacts,
  role: string,
  what: 'select' | 'insert',
): Promise<readonly MissingRight[]> {
  const [row] = await session.query<{ schema: string; usage: boolean; allowed: boolean; sequences: readonly string[] }>(rightsQuery, [oid, role, what]);
  if (row === undefined) return [];
  const to = quoteIdentifier(role);
  return [
    ...(row.usage ? [] : [{ right: `USAGE on schema ${row.schema}`, grant: `grant usage on schema ${row.schema} to ${to}` }]),
    ...(row.allowed ? [] : [{ right: `${what.toUpperCase()} on ${sqlName}`, grant: `grant ${what} on ${sqlName} to ${to}` }]),
    ...(what === 'select' ? [] : row.sequences.map((name) => ({ right: `USAGE on sequence ${name}`, grant: `grant usage on sequence ${name} to ${to}` }))),
  ];
}
