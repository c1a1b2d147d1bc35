import type { Session } from '../../core/ports.ts';
import { splitStatements } from '../../sql/split-statements.ts';
import type { ReplayStatement } from './replay-statement.ts';

export interface SourceStatements {
  readonly statements: readonly ReplayStatement[];
  /** What was left out, as a clause each: `12 statements that are no query`; why nothing could be read, where that is so. */
  readonly leftOut: readonly string[];
}

/** Where pg_stat_statements is, if it is there. */
const extensionQuery = `
select pg_catalog.quote_ident(n.nspname) as schema
from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
where e.extname = 'pg_stat_statements'`;

/**
 * The statements that clients of this database ran themselves, the most frequent first, with how often in a second since the statistics were reset.
 * Texts of other users are only shown to members of pg_read_all_stats.
 */
const statementsQuery = (schema: string) => `
select s.query, sum(s.calls)::float8 / greatest(extract(epoch from pg_catalog.now() - min(i.stats_reset))::float8, 1) as "perSecond"
from ${schema}.pg_stat_statements s cross join ${schema}.pg_stat_statements_info i
where s.toplevel and s.dbid = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
group by s.query
order by 2 desc, 1
limit 1000`;

/** What a prepared statement can be (PREPARE takes no others), and so what can be replayed. */
const preparable = /^(select|with|values|table|insert|update|delete|merge)\b/i;

/**
 * Reads which statements the application runs from the source's pg_stat_statements. Their parameters aren't kept there, so most can only be parsed in a
 * replay. What can't be had isn't an error: it is told. Throws SqlError.
 *
 * @param session on the source, read-only
 */
export async function readStatements(session: Session, maxStatements: number): Promise<SourceStatements> {
  const [extension] = await session.query<{ schema: string }>(extensionQuery);
  if (extension === undefined) return { statements: [], leftOut: ['the source has no pg_stat_statements'] };
  if (session.serverVersionNum < 140_000)
    return { statements: [], leftOut: ['pg_stat_statements of a source before PostgreSQL 14 doesn’t tell since when it counts'] };
  const rows = await session.query<{ query: string; perSecond: number }>(statementsQuery(extension.schema));
  const [hidden, seen] = partition(rows, ({ query }) => query === '<insufficient privilege>');
  const [queries, others] = partition(seen, ({ query }) => preparable.test(query.trim()) && splitStatements(query).length === 1);
  // What we ask production ourselves is among them, and names its schema.
  const [catalogs, usable] = partition(queries, ({ query }) => /\bpg_catalog\./i.test(query));
  const chosen = usable.slice(0, maxStatements);
  return {
    statements: chosen.map(({ query, perSecond }) => ({ statement: query.trim(), perSecond })),
    leftOut: [
      ...(hidden.length === 0 ? [] : ['statements of other users, which only members of pg_read_all_stats see']),
      ...(others.length === 0 ? [] : [`${others.length} that are no query, such as set or begin`]),
      ...(catalogs.length === 0 ? [] : [`${catalogs.length} that ask the catalogs, as we do ourselves`]),
      ...(usable.length === chosen.length ? [] : [`${usable.length - chosen.length} less frequent ones`]),
    ],
  };
}

function partition<T>(all: readonly T[], is: (one: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(is), all.filter((one) => !is(one))];
}
