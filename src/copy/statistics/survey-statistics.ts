import type { Masking } from '../../core/masking.ts';
import type { Session } from '../../core/ports.ts';
import type { StatisticsFacts } from '../../core/source-facts.ts';
import { qualifiedName } from '../../sql/quote.ts';
import { enumHashTrees } from '../live/table-list.ts';

/** Which of a source's relations give their statistics to a copy. */
export interface StatisticsSurvey {
  /** Oids at the source, by name. */
  readonly carried: readonly string[];
  /** Those for which ANALYZE has to do, by the reason. A partitioned table that is in neither list has none in production, and none on the copy. */
  readonly analysed: StatisticsFacts['analysed'];
  /** Whether the role may read pg_statistic, which says more than the view pg_stats. */
  readonly readsCatalog: boolean;
}

/** Why a relation's statistics aren't carried: the end of a sentence that begins with `analysed:`. */
const reasons = {
  masked: 'columns are masked, and statistics hold values',
  computed: 'values computed by functions could tell what is masked',
  extension: 'the rows are the extension’s own',
  moved: 'rows may lie in another partition than in production',
  unlogged: 'unlogged tables are empty on a standby',
  extended: 'extended statistics can’t be written, only gathered',
  foreign: 'a type gathers statistics in its own way',
  hidden: 'statistics of ranges can’t be read by the role',
  keyed: 'an index keeps something else than its expression gives',
  none: 'production has none, or none that the role may read',
  partitioned: 'analysed together with the partitioned table',
  small: 'small, and one of many: ANALYZE reads each of its rows',
} as const;
type Reason = keyof typeof reasons;

/** ANALYZE takes 300 rows for each unit of the usual statistics target, 100: of a table that has no more it reads all, and nothing is left to chance. */
const smallRows = 30_000;

interface Row {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly kind: 'r' | 'p' | 'm';
  readonly reason: Reason | null;
  /** There are statistics of its columns. */
  readonly gathered: boolean;
  /** Without a single page: there is nothing to gather. */
  readonly isEmpty: boolean;
  /** As the planner believes; -1 where it doesn't know. */
  readonly tuples: number;
  readonly ancestors: readonly string[];
}

/** Whether pg_statistic may be read: by a superuser only, unless somebody granted it. */
const readsCatalogQuery = `select pg_catalog.has_table_privilege('pg_catalog.pg_statistic', 'select') as "readsCatalog"`;

/**
 * Every relation that statistics are gathered for, and the first reason not to carry its. While anything is masked, whatever is computed stays
 * behind too: a function may read masked tables, and views are filled from them.
 */
function surveyQuery(readsCatalog: boolean, serverVersionNum: number): string {
  const gathered = readsCatalog
    ? 'exists (select from pg_catalog.pg_statistic s where s.starelid = c.oid)'
    : 'exists (select from pg_catalog.pg_stats s where s.schemaname = n.nspname and s.tablename = c.relname)';
  const ranges = readsCatalog || serverVersionNum >= 170_000 ? 'false' : `t.typtype in ('r', 'm') or b.typtype in ('r', 'm')`;
  return `
    with recursive ${enumHashTrees},
    masked(oid) as (
      select c.oid from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) as m(schema, name)
        join pg_catalog.pg_namespace n on n.nspname = m.schema join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = m.name
      union
      select i.inhparent from masked join pg_catalog.pg_inherits i on i.inhrelid = masked.oid),
    above(oid, ancestor) as (
      select i.inhrelid, i.inhparent from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid and c.relispartition
      union
      select above.oid, i.inhparent from above join pg_catalog.pg_inherits i on i.inhrelid = above.ancestor),
    odd(relation, ranges) as (
      select a.attrelid, pg_catalog.bool_and(${ranges})
        from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid left join pg_catalog.pg_type b on b.oid = t.typbasetype
        left join pg_catalog.pg_proc p on p.oid = t.typanalyze
       where a.attnum > 0 and not a.attisdropped
         and (${ranges} or t.typanalyze <> 0 and (p.pronamespace <> 'pg_catalog'::regnamespace
              or p.proname not in ('array_typanalyze', 'range_typanalyze', 'multirange_typanalyze', 'ts_typanalyze')))
       group by a.attrelid)
    select c.oid::text as "oid", n.nspname as "schema", c.relname as "name", c.relkind as "kind", ${gathered} as "gathered",
           pg_catalog.pg_relation_size(c.oid) is not distinct from 0 as "isEmpty", c.reltuples::float8 as "tuples",
           coalesce((select pg_catalog.array_agg(above.ancestor::text) from above where above.oid = c.oid), '{}') as "ancestors",
           case
             when exists (select from masked where masked.oid = c.oid) then 'masked'
             when $3 and (c.relkind = 'm'
                          or exists (select from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and a.attgenerated <> '')
                          or exists (select from pg_catalog.pg_index i where i.indrelid = c.oid and i.indexprs is not null)) then 'computed'
             when exists (select from pg_catalog.pg_depend d
                           where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e') then 'extension'
             when c.relkind = 'r' and exists (select from through where through.oid = c.oid) then 'moved'
             when $4 and c.relpersistence = 'u' then 'unlogged'
             when exists (select from pg_catalog.pg_statistic_ext e where e.stxrelid = c.oid) then 'extended'
             when exists (select from odd where odd.relation = c.oid and not odd.ranges) then 'foreign'
             when exists (select from odd where odd.relation = c.oid) then 'hidden'
             when exists (select from pg_catalog.pg_index i, rows from (pg_catalog.unnest(i.indkey::smallint[]), pg_catalog.unnest(i.indclass::oid[])) as part(key, class)
                            join pg_catalog.pg_opclass o on o.oid = part.class
                           where i.indrelid = c.oid and part.key = 0 and o.opckeytype <> 0) then 'keyed'
           end as "reason"
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where (c.relkind in ('r', 'p') or c.relkind = 'm' and c.relispopulated) and c.relpersistence <> 't'
       and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
     order by n.nspname collate "C", c.relname collate "C"`;
}

/**
 * Says of each table and materialized view whether a copy may have its statistics: not where they hold what is masked, where the rows on the copy
 * are others, or where they can't be written whole. Throws SqlError.
 *
 * @param session reads at the source's snapshot.
 * @param many with more relations than that, small tables are analysed: to carry what ANALYZE finds as well takes longer then.
 */
export async function surveyStatistics(session: Session, masking: Masking | undefined, isStandby: boolean, many = 500): Promise<StatisticsSurvey> {
  const [{ readsCatalog } = { readsCatalog: false }] = await session.query<{ readsCatalog: boolean }>(readsCatalogQuery);
  const masked = masking?.tables ?? [];
  const rows = await session.query<Row>(surveyQuery(readsCatalog, session.serverVersionNum), [
    masked.map(({ schema }) => schema),
    masked.map(({ name }) => name),
    masked.length > 0,
    isStandby,
  ]);
  const verdicts = rows.map((row) => ({ row, why: row.reason ?? (row.gathered || row.isEmpty || row.kind === 'p' ? undefined : ('none' as const)) }));
  // In production nothing analyses a partitioned table unless somebody does so by hand: one without statistics is right without them.
  const analysedTrees = new Set(verdicts.filter(({ row, why }) => row.kind === 'p' && row.gathered && why !== undefined).map(({ row }) => row.oid));
  const carried: string[] = [];
  const analysed = new Map<Reason, string[]>();
  for (const { row, why } of verdicts) {
    if (row.kind === 'p' && !row.gathered) continue;
    const isSmall = rows.length > many && row.kind === 'r' && row.gathered && row.ancestors.length === 0 && row.tuples <= smallRows;
    const reason = why ?? (row.ancestors.some((oid) => analysedTrees.has(oid)) ? 'partitioned' : isSmall ? 'small' : undefined);
    if (reason === undefined) carried.push(row.oid);
    else {
      // In place: a copy of the list for each of its tables would be most of what a copy of many tables allocates.
      const tables = analysed.get(reason) ?? [];
      tables.push(qualifiedName(row.schema, row.name));
      analysed.set(reason, tables);
    }
  }
  return { carried, analysed: [...analysed].map(([reason, tables]) => ({ why: reasons[reason], tables })), readsCatalog };
}
