import type { Session } from '../../core/ports.ts';
import { type Doubt, doubtful, type Plan } from './probe.ts';

/** A table or view that an invariant is about. */
export interface TableFacts {
  readonly oid: string;
  /** As SQL: `public`. */
  readonly schema: string;
  /** As SQL: `public."Lot"`. */
  readonly name: string;
  /** `r` a table, `p` a partitioned one, `v` a view, `m` a materialized one. */
  readonly kind: string;
  readonly owner: string;
  /** Row level security is on. */
  readonly rls: boolean;
  /** It has triggers of the team's own, switched on or not. */
  readonly triggers: boolean;
}

const factsQuery = `
select c.oid::text as oid, pg_catalog.quote_ident(n.nspname) as schema, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as name, c.relkind as kind,
       pg_catalog.pg_get_userbyid(c.relowner) as owner, c.relrowsecurity as rls,
       exists (select from pg_catalog.pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal) as triggers
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace`;

/** What the catalog says of a table or view; undefined where there is none of that name and of these kinds. Throws SqlError. */
export async function readTable(session: Session, name: string, kinds: readonly string[] = ['r', 'p']): Promise<TableFacts | undefined> {
  const sql = `${factsQuery} where c.oid = pg_catalog.to_regclass($1) and c.relkind::text = any ($2)`;
  const [facts] = await session.query<TableFacts>(sql, [name, kinds]);
  return facts;
}

const belowQuery = `
with recursive below (oid) as (
  select i.inhrelid from pg_catalog.pg_inherits i where i.inhparent = $1::pg_catalog.oid
  union
  select i.inhrelid from below b join pg_catalog.pg_inherits i on i.inhparent = b.oid)
${factsQuery} where c.oid in (select b.oid from below b) and c.relkind in ('r', 'p')
order by n.nspname collate "C", c.relname collate "C"`;

/** All partitions of a table, and tables that inherit from it, however far below: each can also be named by itself. Throws SqlError. */
export async function readTablesBelow(session: Session, { oid }: TableFacts): Promise<readonly TableFacts[]> {
  return await session.query<TableFacts>(belowQuery, [oid]);
}

export interface ColumnFacts {
  readonly name: string;
  /** As SQL. */
  readonly quoted: string;
  readonly type: string;
  /** pg_type.typcategory: N numbers, S texts, D times, … */
  readonly category: string;
  readonly nullable: boolean;
  readonly generated: boolean;
  /** An identity column that takes no value. */
  readonly always: boolean;
  /** The role may insert into it, update it, select from it; a superuser may all. */
  readonly inserts: boolean;
  readonly updates: boolean;
  readonly selects: boolean;
}

const columnsQuery = `
select a.attname as name, pg_catalog.quote_ident(a.attname) as quoted, pg_catalog.format_type(a.atttypid, a.atttypmod) as type,
       t.typcategory as category, not a.attnotnull as nullable, a.attgenerated <> '' as generated, a.attidentity = 'a' as always,
       pg_catalog.has_column_privilege($2, a.attrelid, a.attnum, 'INSERT') as inserts,
       pg_catalog.has_column_privilege($2, a.attrelid, a.attnum, 'UPDATE') as updates,
       pg_catalog.has_column_privilege($2, a.attrelid, a.attnum, 'SELECT') as selects
from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid
where a.attrelid = $1::pg_catalog.oid and a.attnum > 0 and not a.attisdropped
order by a.attnum`;

/** The columns of a table, and what a role may do with them. Throws SqlError, also where there is no such role. */
export async function readColumns(session: Session, { oid }: TableFacts, role: string): Promise<readonly ColumnFacts[]> {
  return await session.query<ColumnFacts>(columnsQuery, [oid, role]);
}

export function noSuchTable(name: string): Plan {
  const { reason, cure } = missingTable(name);
  return doubtful(reason, cure);
}

export function missingTable(name: string): Doubt {
  return { key: name, reason: `there is no table ${name} after migrating`, cure: 'Correct the name in the invariant: it is the one after migrating.' };
}
