import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { splitStatements } from '../../sql/split-statements.ts';
import type { Check } from './probe.ts';

/** A table with row level security, and why a role passes it by. */
const bypassQuery = `
select pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as "table",
       r.rolsuper as superuser, r.rolbypassrls as "bypassRls",
       not c.relforcerowsecurity and pg_catalog.pg_has_role(r.oid, c.relowner, 'USAGE') as owner
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
cross join pg_catalog.pg_roles r
where c.relrowsecurity and r.rolname = $1
  and ($2::text[] is null or exists (
        select from pg_catalog.unnest($2::text[]) as touched (name)
        where pg_catalog.to_regclass(touched.name) = c.oid
           or c.oid in (select a.relid from pg_catalog.pg_partition_ancestors(pg_catalog.to_regclass(touched.name)) a)))
order by 1`;

interface Passed {
  readonly table: string;
  readonly superuser: boolean;
  readonly bypassRls: boolean;
  readonly owner: boolean;
}

/**
 * Why row level security can't be what a check's role meets: it is a superuser, has BYPASSRLS, or owns a table whose row level security isn't forced.
 * Undefined where it does apply, or where the check touches no table that has it. Such a check passes although every policy were gone.
 */
export async function bypassesRls(session: Session, check: Check): Promise<string | undefined> {
  return check.role === undefined ? undefined : await bypassOf(session, check.role, await touchedTables(session, check));
}

/**
 * Why row level security never stops a role on these tables.
 *
 * @param tables as SQL names; all unless given
 */
export async function bypassOf(session: Session, role: string, tables: readonly string[] | undefined): Promise<string | undefined> {
  const passed = await session.query<Passed>(bypassQuery, [role, tables ?? null]);
  const [first] = passed;
  if (first?.superuser === true) return `${role} is a superuser, whom row level security never stops`;
  if (first?.bypassRls === true) return `${role} has BYPASSRLS, so row level security never stops it`;
  const owned = passed.find(({ owner }) => owner);
  return owned === undefined ? undefined : `${role} owns ${owned.table}, whose row level security is not forced for its owner`;
}

/** The tables that the check's last statement reads or writes, by its plan; undefined where there is no plan, or one without tables. */
async function touchedTables(session: Session, { sql, settings }: Check): Promise<readonly string[] | undefined> {
  await session.execute('begin');
  try {
    for (const [name, value] of Object.entries(settings)) await session.query('select pg_catalog.set_config($1, $2, true)', [name, value]);
    const [row] = await session.query<{ 'QUERY PLAN': unknown }>(`explain (verbose, format json) ${splitStatements(sql).at(-1)?.text ?? ''}`);
    const names = new Set<string>();
    collect(row?.['QUERY PLAN'], names);
    return names.size === 0 ? undefined : [...names];
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return undefined;
  } finally {
    await session.execute('rollback');
  }
}

function collect(node: unknown, names: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  if ('Relation Name' in node && 'Schema' in node)
    names.add([node.Schema, node['Relation Name']].map((part) => `"${String(part).replaceAll('"', '""')}"`).join('.'));
  for (const value of Object.values(node)) collect(value, names);
}
