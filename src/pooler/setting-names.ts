import type { Session } from '../core/ports.ts';

/** Text in which settings are named: routines, policies, and views and rules, of everybody but extensions and Postgres itself. */
const textsQuery = `
select p.prosrc as text
from pg_catalog.pg_proc p
where p.pronamespace not in (select n.oid from pg_catalog.pg_namespace n where n.nspname in ('pg_catalog', 'information_schema'))
  and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and d.objid = p.oid and d.deptype = 'e')
  and p.prosrc ~* 'set_config|current_setting|set\\s'
union
select pg_catalog.concat_ws(' ', pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)) from pg_catalog.pg_policy p
union
select pg_catalog.pg_get_viewdef(c.oid) from pg_catalog.pg_class c
where c.relkind = 'v' and c.relnamespace not in (select n.oid from pg_catalog.pg_namespace n where n.nspname in ('pg_catalog', 'information_schema'))
union
select pg_catalog.pg_get_expr(d.adbin, d.adrelid) from pg_catalog.pg_attrdef d
order by 1`;

/**
 * Names of settings of one’s own that SQL may make: Postgres lists them nowhere, so each has to be asked for by its name. Texts only say where to look:
 * a name too many does no harm.
 */
export async function settingNames(admin: Session, texts: readonly string[], known: readonly string[]): Promise<readonly string[]> {
  const rows = await admin.query<{ text: string | null }>(textsQuery);
  return [...new Set([...known, ...[...texts, ...rows.map(({ text }) => text ?? '')].flatMap(namesIn)].map((name) => name.toLowerCase()))].toSorted();
}

/** @example namesIn("set app.tenant to 'x'; select set_config('app.user', 'y', false)") // ['app.tenant', 'app.user'] */
export function namesIn(text: string): readonly string[] {
  const quoted = [...text.matchAll(/'([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)'/g)];
  const said = [...text.matchAll(/\bset\s+(?:local\s+|session\s+)?([A-Za-z_"][\w"]*(?:\.[A-Za-z_"][\w"]*)+)\s*(?:=|\bto\b)/gi)];
  return [...quoted, ...said].map((match) => (match[1] ?? '').replaceAll('"', ''));
}
