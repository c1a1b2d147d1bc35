import type { Session } from '../core/ports.ts';
import type { SourceStatement, SourceStatements } from '../core/queries.ts';
import { splitStatements } from '../sql/split-statements.ts';
import { queryOf, statementKind } from './preparable.ts';

/** Where pg_stat_statements is, and which one, if it is there; and whether the server replays another's changes. */
const extensionQuery = `
select pg_catalog.quote_ident(n.nspname) as schema, e.extversion as version, pg_catalog.pg_is_in_recovery() as standby
from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
where e.extname = 'pg_stat_statements'`;

/** Since when an entry counts: all since the last reset from 1.9 (PostgreSQL 14) on, each by itself from 1.11 (PostgreSQL 17) on. */
const seconds = { each: 'pg_catalog.now() - s.stats_since', all: 'pg_catalog.now() - i.stats_reset' } as const;

/** The statements that clients of this database ran themselves, the most frequent first. The same text may stand there for several users and search paths. */
const timedQuery = (schema: string, since: string) => `
select s.query as text, count(*)::int as entries, sum(s.calls)::float8 as calls, i.dealloc::float8 as evictions,
  sum(s.calls / greatest(extract(epoch from ${since})::float8, 1))::float8 as "perSecond",
  pg_catalog.array_agg(r.rolname::text order by s.calls desc, r.rolname) filter (where r.rolname is not null) as roles,
  pg_catalog.bool_and(coalesce(r.rolsuper, false)) as superuser, pg_catalog.bool_and(coalesce(r.rolname = current_user, false)) as own
from ${schema}.pg_stat_statements s cross join ${schema}.pg_stat_statements_info i left join pg_catalog.pg_roles r on r.oid = s.userid
where s.toplevel and s.dbid = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
group by s.query, i.dealloc
order by 5 desc, s.query collate "C"
limit 20000`;

/** The same of a version that doesn't know since when it counts, nor what ran inside of functions. */
const untimedQuery = (schema: string) => `
select s.query as text, count(*)::int as entries, sum(s.calls)::float8 as calls, 0::float8 as evictions, null::float8 as "perSecond",
  pg_catalog.array_agg(r.rolname::text order by s.calls desc, r.rolname) filter (where r.rolname is not null) as roles,
  pg_catalog.bool_and(coalesce(r.rolsuper, false)) as superuser, pg_catalog.bool_and(coalesce(r.rolname = current_user, false)) as own
from ${schema}.pg_stat_statements s left join pg_catalog.pg_roles r on r.oid = s.userid
where s.dbid = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
group by s.query
order by sum(s.calls) desc, s.query collate "C"
limit 20000`;

interface StatementRow {
  readonly text: string | null;
  readonly entries: number;
  readonly calls: number;
  readonly evictions: number;
  readonly perSecond: number | null;
  readonly roles: readonly string[] | null;
  readonly superuser: boolean;
  readonly own: boolean;
}

/**
 * Reads which queries the application runs from the source's pg_stat_statements. Values aren't kept there: parameters stand in their place. Throws SqlError;
 * 55000 means that the library isn't loaded.
 *
 * @param session on the source, read-only
 */
export async function readStatements(session: Session): Promise<SourceStatements> {
  const [extension] = await session.query<{ schema: string; version: string; standby: boolean }>(extensionQuery);
  if (extension === undefined) return { kind: 'absent', why: 'the source has no pg_stat_statements' };
  const { schema, version, standby } = extension;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const sql = major > 1 || minor >= 11 ? timedQuery(schema, seconds.each) : minor >= 9 ? timedQuery(schema, seconds.all) : untimedQuery(schema);
  const rows = await session.query<StatementRow>(sql);
  const statements: SourceStatement[] = [];
  const others: Record<string, number> = {};
  let hidden = 0;
  for (const { text, entries, perSecond, roles, ...row } of rows) {
    if (text === '<insufficient privilege>') {
      hidden += entries;
      continue;
    }
    const query = text === null || splitStatements(text).length !== 1 ? undefined : queryOf(text);
    if (query === undefined) {
      const kind = text === null ? 'whose text is lost' : statementKind(text);
      others[kind] = (others[kind] ?? 0) + 1;
    } else
      statements.push({
        text: query,
        ...(perSecond === null ? {} : { perSecond }),
        calls: row.calls,
        roles: [...new Set(roles ?? [])],
        superuser: row.superuser,
        own: row.own,
      });
  }
  return { kind: 'read', statements, hidden, others, evictions: rows[0]?.evictions ?? 0, standby };
}
