import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import type { AffectedTable } from './affected-tables.ts';

/** A constraint that is in force, and the statement that takes it away with those that depend on it. Of a partition's: the one at the root. */
const constraintQuery = `
with recursive up as (
  select k.oid, k.conparentid, k.conrelid, k.contypid, k.conname, 0 as depth
  from pg_catalog.pg_constraint k
  where k.conname = $1 and (k.conrelid = any($2::oid[]) or ($3 and k.contypid <> 0))
  union all
  select k.oid, k.conparentid, k.conrelid, k.contypid, k.conname, up.depth + 1
  from up join pg_catalog.pg_constraint k on k.oid = up.conparentid
)
select up.oid::text as oid, up.conrelid::text as relation, nullif(up.contypid, 0)::text as domain,
       case when up.contypid <> 0 then 'alter domain ' || (select pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.typname)
              from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace where t.oid = up.contypid)
            else 'alter table ' || (select pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)
              from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = up.conrelid) end
         || ' drop constraint ' || pg_catalog.quote_ident(up.conname) || ' cascade' as drop
from up
order by up.depth desc, up.contypid, pg_catalog.array_position($2::oid[], up.conrelid)
limit 1`;

/** The same of a unique index that isn't a constraint's. */
const indexQuery = `
with recursive up as (
  select i.indexrelid, i.indrelid, 0 as depth
  from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
  where c.relname = $1 and i.indrelid = any($2::oid[]) and i.indisunique and i.indisvalid
  union all
  select i.indexrelid, i.indrelid, up.depth + 1
  from up join pg_catalog.pg_inherits h on h.inhrelid = up.indexrelid join pg_catalog.pg_index i on i.indexrelid = h.inhparent
)
select up.indexrelid::text as oid, up.indrelid::text as relation, null as domain,
       'drop index ' || pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) || ' cascade' as drop
from up
join pg_catalog.pg_class c on c.oid = up.indexrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
order by up.depth desc
limit 1`;

/** Something that is in force before a statement runs. */
export interface InForce {
  readonly what: 'constraint' | 'index';
  readonly oid: string;
  /** Of the table; 0 where it is a domain's. */
  readonly relation: string;
  /** Of the domain whose constraint it is. */
  readonly domain: string | null;
  /** What takes it away. */
  readonly drop: string;
}

/** Finds the constraint or unique index that an error names; undefined where the failed statement was about to make it. Throws SqlError. */
export async function findInForce(session: Session, name: string, tables: readonly AffectedTable[], domains: boolean): Promise<InForce | undefined> {
  const oids = tables.map(({ oid }) => oid);
  const [constraint] = await session.query<Omit<InForce, 'what'>>(constraintQuery, [name, oids, domains]);
  if (constraint !== undefined) return { what: 'constraint', ...constraint };
  const [index] = await session.query<Omit<InForce, 'what'>>(indexQuery, [name, oids]);
  return index === undefined ? undefined : { what: 'index', ...index };
}

/** The primary key over a column, which keeps it from being null. */
const keyOverQuery = `
select 'alter table ' || $3 || ' drop constraint ' || pg_catalog.quote_ident(k.conname) || ' cascade' as drop
from pg_catalog.pg_constraint k
join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = any(k.conkey)
where k.conrelid = $1::oid and k.contype = 'p' and pg_catalog.quote_ident(a.attname) = $2`;

/** What lets a column be null, as far as the tables allow it: the highest table first. Throws SqlError. */
export async function looseNull(session: Session, tables: readonly AffectedTable[], column: string): Promise<readonly string[] | undefined> {
  for (const { oid, name } of tables) {
    const keys = (await session.query<{ drop: string }>(keyOverQuery, [oid, column, name])).map(({ drop }) => drop);
    const statements = [...keys, `alter table ${name} alter column ${column} drop not null`];
    if (await works(session, statements)) return statements;
  }
  return undefined;
}

async function works(session: Session, statements: readonly string[]): Promise<boolean> {
  await session.execute('savepoint pgrehearse_loosen');
  try {
    for (const text of statements) await session.execute(text);
    return true;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return false;
  } finally {
    await session.execute('rollback to savepoint pgrehearse_loosen');
  }
}
