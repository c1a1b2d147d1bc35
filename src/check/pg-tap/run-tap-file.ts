import { SqlError, type SqlErrorFields } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { mayBecome } from '../../sql/may-become.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import { significantTokens } from '../../sql/significant-tokens.ts';
import { failureOf } from '../failure-of.ts';
import { noOtherSessions } from '../invariant/try-check.ts';
import type { TapStatement } from './read-tap-script.ts';

export interface TapRun {
  /** What its queries gave, as psql prints it without headers. */
  readonly lines: readonly string[];
  /** Where it stopped. */
  readonly error?: { readonly sql: SqlErrorFields; readonly at: string };
  /** How it could not even begin. */
  readonly unready?: SqlErrorFields;
}

/**
 * Gives every table, view, routine and type of the database another name. pgTAP’s own are an extension’s and keep theirs. What can’t be renamed stays: a test that fails
 * only then is no proof, one that doesn’t fail at all is the point.
 */
const renameAll = `
set local session_replication_role = replica;
do $rename$
declare
  o record;
begin
  for o in
    select case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table' else 'table' end || ' ' || c.oid::pg_catalog.regclass as what, c.oid
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objid = c.oid and d.deptype = 'e')
    union all
    select 'routine ' || p.oid::pg_catalog.regprocedure, p.oid
    from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'e')
    union all
    select 'type ' || t.oid::pg_catalog.regtype, t.oid
    from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
    where t.typtype in ('e', 'd') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and d.objid = t.oid and d.deptype = 'e')
    order by 1
  loop
    begin
      execute pg_catalog.format('alter %s rename to %I', o.what, 'renamed_' || o.oid);
    exception when others then null;
    end;
  end loop;
end
$rename$;
set local session_replication_role = origin`;

/**
 * Runs a test file in transactions that are rolled back, the extension made in them where the database doesn’t have it.
 *
 * @param session a superuser’s that nobody uses afterwards: what the file prepares by name outlives a rollback
 * @param renamed true: everything has another name, and an error ends only its own statement
 */
export async function runTapFile(session: Session, statements: readonly TapStatement[], role: string | undefined, renamed: boolean): Promise<TapRun> {
  const lines: string[] = [];
  let inside = false;
  try {
    for (const { text, at, rollsBack } of statements) {
      if (rollsBack) {
        if (inside) await session.execute('rollback');
        inside = false;
        continue;
      }
      if (!inside) {
        inside = true;
        const unready = await failureOf(() => begin(session, role, renamed));
        if (unready !== undefined) return { lines, unready };
      }
      const error = await failureOf(async () => void lines.push(...(await (renamed ? goingOn(session, text) : ask(session, text)))));
      if (error !== undefined) return { lines, error: { sql: { ...error, statement: text }, at } };
    }
    return { lines };
  } finally {
    if (inside) await session.execute('rollback');
  }
}

async function begin(session: Session, role: string | undefined, renamed: boolean): Promise<void> {
  await session.execute(`begin; set local statement_timeout = '10min'; set local lock_timeout = '10s'; ${noOtherSessions}`);
  await session.execute('create extension if not exists pgtap');
  if (renamed) await session.execute(renameAll);
  if (role !== undefined) await session.execute(`${mayBecome(session, role)}; set local role ${quoteIdentifier(role)}`);
}

async function ask(session: Session, text: string): Promise<readonly string[]> {
  const rows = await session.query<Record<string, unknown>>(text);
  return rows.map((row) =>
    Object.values(row)
      .map((value) => (value === null ? '' : String(value)))
      .join('|'),
  );
}

/** As psql does with ON_ERROR_ROLLBACK. */
async function goingOn(session: Session, text: string): Promise<readonly string[]> {
  const [first] = significantTokens(text, 1);
  const guarded = !['SAVEPOINT', 'ROLLBACK', 'RELEASE'].includes(first?.keyword ?? '');
  if (guarded) await session.execute('savepoint pgrehearse_statement');
  try {
    const lines = await ask(session, text);
    if (guarded) await session.execute('release savepoint pgrehearse_statement');
    return lines;
  } catch (error) {
    if (!(error instanceof SqlError) || !guarded || /^(08|57P)/.test(error.fields.sqlstate)) throw error;
    await session.execute('rollback to savepoint pgrehearse_statement');
    return [];
  }
}
