import type { ObjectName } from '../../core/object-name.ts';
import type { Session } from '../../core/ports.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import type { ExistingName } from './name-existing.ts';

/** An object that is in a statement's way. */
export interface ExistingObject {
  readonly name: ExistingName;
  readonly object: ObjectName;
  /** Schema and relation, quoted; empty strings where it has none. */
  readonly schema: string;
  readonly relation: string;
  readonly relkind: string;
}

/** Relations of a name, the likeliest first: in a schema that the statement names, then by the search path. */
const relationQuery = `
select pg_catalog.quote_ident(n.nspname) as schema, pg_catalog.quote_ident(c.relname) as relation, c.relkind::text as relkind
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relname = $1 and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
order by n.nspname = any($2) desc, pg_catalog.pg_table_is_visible(c.oid) desc, n.nspname
limit 1`;

/** Types of a name, those of tables left out. */
const typeQuery = `
select pg_catalog.quote_ident(n.nspname) as schema, pg_catalog.quote_ident(t.typname) as relation, t.typtype::text as relkind
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where t.typname = $1 and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
order by n.nspname = any($2) desc, pg_catalog.pg_type_is_visible(t.oid) desc, n.nspname
limit 1`;

const functionQuery = `
select pg_catalog.quote_ident(n.nspname) as schema, pg_catalog.quote_ident(p.proname) as relation, 'f' as relkind
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where p.proname = $1 and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
order by n.nspname = any($2) desc, pg_catalog.pg_function_is_visible(p.oid) desc, n.nspname
limit 1`;

const relationKinds: Readonly<Record<string, string>> = {
  r: 'table',
  p: 'table',
  v: 'view',
  m: 'materialized view',
  i: 'index',
  I: 'index',
  S: 'sequence',
  f: 'foreign table',
  c: 'type',
};

/** Finds what a message names; undefined where it isn't there. Throws SqlError. @param named every name in the statement */
export async function findExisting(session: Session, name: ExistingName, named: readonly string[]): Promise<ExistingObject | undefined> {
  if (name.kind === 'schema') {
    const schema = quoteIdentifier(name.name);
    return { name, object: { kind: 'schema', name: schema }, schema, relation: '', relkind: '' };
  }
  const query = name.kind === 'type' ? typeQuery : name.kind === 'function' ? functionQuery : relationQuery;
  const [row] = await session.query<{ schema: string; relation: string; relkind: string }>(query, ['relation' in name ? name.relation : name.name, named]);
  if (row === undefined) return undefined;
  const qualified = `${row.schema}.${row.relation}`;
  const part = quoteIdentifier(name.name);
  const object =
    name.kind === 'relation'
      ? { kind: relationKinds[row.relkind] ?? 'relation', name: qualified }
      : name.kind === 'column'
        ? { kind: 'column', name: `${qualified}.${part}` }
        : 'relation' in name
          ? { kind: name.kind, name: `${part} on ${qualified}` }
          : { kind: name.kind, name: qualified };
  return { name, object, ...row };
}
