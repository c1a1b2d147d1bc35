import type { SqlInvariant } from '../../config/schema.ts';
import type { SqlErrorFields } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { showCount } from '../show-count.ts';

/** A way to break what an invariant may rely on, inside of a transaction that is rolled back. */
export interface Breaking {
  /** What was done, for the proof. */
  readonly what: string;
  readonly statements: readonly string[];
  /** Asked in place of the probe's own, where nothing in the database can be broken. */
  readonly sql?: string;
}

interface GuardedTable {
  readonly name: string;
  readonly rls: boolean;
  readonly triggers: boolean;
}

/** Every table outside the system's schemas, and what guards its rows. */
const tablesQuery = `
select pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as name, c.relrowsecurity as rls,
       exists (select from pg_catalog.pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal) as triggers
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and c.relpersistence <> 't' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by 1`;

const schemasQuery = `
select pg_catalog.quote_ident(n.nspname) as schema, pg_catalog.quote_ident($1) as role
from pg_catalog.pg_namespace n
where n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
order by 1`;

/**
 * The ways to show that an invariant can fail, to be tried in this order: what the team wrote (and then nothing else), row level security off, triggers off,
 * the constraint that answered dropped, every right granted, all tables emptied. Only ways that could change the expected answer are listed.
 *
 * @param answer the error that the check got, where it expects one
 */
export async function breakingsFor(session: Session, invariant: SqlInvariant, answer: SqlErrorFields | undefined): Promise<readonly Breaking[]> {
  const { breakWith, role, expect } = invariant;
  if (breakWith !== undefined) return [{ what: `“${shortened(breakWith)}”`, statements: [breakWith] }];
  const tables = await session.query<GuardedTable>(tablesQuery);
  const rls = tables.filter((table) => table.rls);
  const triggers = tables.filter((table) => table.triggers);
  const triggersOff = triggers.map(({ name }) => `alter table ${name} disable trigger user`);
  const breakings: Breaking[] = [];
  if (role !== undefined && rls.length > 0) {
    breakings.push({
      what: `row level security switched off on ${showCount(rls.length, 'table')}`,
      statements: rls.map(({ name }) => `alter table ${name} disable row level security`),
    });
  }
  if (triggers.length > 0) breakings.push({ what: `triggers switched off on ${showCount(triggers.length, 'table')}`, statements: triggersOff });
  const constraint = answer === undefined ? undefined : withoutConstraint(answer);
  if (constraint !== undefined) breakings.push(constraint);
  if (role !== undefined && 'error' in expect && expect.error === '42501') breakings.push(await allRights(session, role));
  if (tables.length > 0 && needsRows(expect)) {
    // TRUNCATE is refused by the triggers of append-only tables.
    breakings.push({
      what: `${showCount(tables.length, 'table')} emptied`,
      statements: [...triggersOff, `truncate ${tables.map(({ name }) => name).join(', ')} cascade`],
    });
  }
  return breakings;
}

function shortened(sql: string): string {
  const line = sql.trim().replace(/\s+/g, ' ');
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

/** Only an expectation that asks for something can be disappointed by empty tables. */
function needsRows(expect: SqlInvariant['expect']): boolean {
  if ('error' in expect) return false;
  return !('rows' in expect) || (expect.rows !== 'none' && expect.rows !== 0);
}

/** Takes away the very constraint that gave the answer. It is found again by name, also where a unique index without a constraint answered. */
function withoutConstraint({ sqlstate, schema, table, column, constraint }: SqlErrorFields): Breaking | undefined {
  if (!sqlstate.startsWith('23') || schema === undefined || table === undefined) return undefined;
  const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
  if (sqlstate === '23502' && column !== undefined) {
    return {
      what: `NOT NULL of ${schema}.${table}.${column} dropped`,
      statements: [
        doBlock(`execute pg_catalog.format('alter table %I.%I alter column %I drop not null', ${literal(schema)}, ${literal(table)}, ${literal(column)});`),
      ],
    };
  }
  if (constraint === undefined) return undefined;
  const drop = `
if exists (select from pg_catalog.pg_constraint k where k.conname = ${literal(constraint)}
           and k.conrelid = pg_catalog.to_regclass(pg_catalog.format('%I.%I', ${literal(schema)}, ${literal(table)}))) then
  execute pg_catalog.format('alter table %I.%I drop constraint %I cascade', ${literal(schema)}, ${literal(table)}, ${literal(constraint)});
else
  execute pg_catalog.format('drop index %I.%I cascade', ${literal(schema)}, ${literal(constraint)});
end if;`;
  return { what: `constraint ${constraint} on ${schema}.${table} dropped`, statements: [doBlock(drop)] };
}

function doBlock(body: string): string {
  return `do $pgrehearse$ begin ${body} end $pgrehearse$`;
}

async function allRights(session: Session, roleName: string): Promise<Breaking> {
  const schemas = await session.query<{ schema: string; role: string }>(schemasQuery, [roleName]);
  const statements = schemas.flatMap(({ schema, role }) => [
    `grant all on schema ${schema} to ${role}`,
    `grant all on all tables in schema ${schema} to ${role}`,
    `grant all on all sequences in schema ${schema} to ${role}`,
    `grant execute on all routines in schema ${schema} to ${role}`,
  ]);
  return { what: `every right granted to ${roleName}`, statements };
}
