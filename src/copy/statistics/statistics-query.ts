import { type StagedColumn, stagedColumns, stagedTypes, statisticColumns } from './staging.ts';
import type { StatisticsSurvey } from './survey-statistics.ts';

/**
 * What a session needs that reads or applies statistics: money looks as the server's language wants it, unless told; and compiling each of many queries would
 * take longer than the queries.
 */
export const statisticsSettings = "set lc_monetary = 'C'; set jit = off";

/** STATISTIC_KIND_… of pg_statistic.h: what a slot may hold, by what pg_stats calls it. */
const slotKinds = { values: 1, histogram: 2, correlation: 3, elements: 4, counts: 5, lengths: 6, bounds: 7 } as const;

/** What stands in the slot of a kind, wherever that slot is. */
function inSlot(kind: number, what: 'stavalues' | 'stanumbers', part = ''): string {
  const places = [1, 2, 3, 4, 5].map((place) => `when s.stakind${place} = ${kind} then s.${what}${place}${part}`);
  return `case ${places.join(' ')} end`;
}

type Statistic = (typeof statisticColumns)[number];

const fromCatalog = {
  null_frac: 's.stanullfrac',
  avg_width: 's.stawidth',
  n_distinct: 's.stadistinct',
  most_common_vals: inSlot(slotKinds.values, 'stavalues'),
  most_common_freqs: inSlot(slotKinds.values, 'stanumbers'),
  histogram_bounds: inSlot(slotKinds.histogram, 'stavalues'),
  correlation: inSlot(slotKinds.correlation, 'stanumbers', '[1]'),
  most_common_elems: inSlot(slotKinds.elements, 'stavalues'),
  most_common_elem_freqs: inSlot(slotKinds.elements, 'stanumbers'),
  elem_count_histogram: inSlot(slotKinds.counts, 'stanumbers'),
  range_length_histogram: inSlot(slotKinds.lengths, 'stavalues'),
  range_empty_frac: inSlot(slotKinds.lengths, 'stanumbers', '[1]'),
  range_bounds_histogram: inSlot(slotKinds.bounds, 'stavalues'),
} as const;

/** The view has the columns as they are staged, since PostgreSQL 17 also those of ranges. */
function fromView(serverVersionNum: number): Record<string, string> {
  const isThere = (column: Statistic) => serverVersionNum >= 170_000 || !column.startsWith('range_');
  return Object.fromEntries(statisticColumns.filter(isThere).map((column) => [column, `s.${column}`]));
}

/**
 * The rows that are staged, as the SELECT of a COPY: for each relation one of its own, one for each column and for each expression of its indexes that has
 * statistics. Values are in their types' text form, which means the same on every server: oids don't.
 */
export function statisticsQuery({ carried, readsCatalog }: Pick<StatisticsSurvey, 'carried' | 'readsCatalog'>, serverVersionNum: number): string {
  const statistics: Record<string, string> = readsCatalog ? fromCatalog : fromView(serverVersionNum);
  const of = (given: Partial<Record<StagedColumn, string>>) =>
    stagedColumns.map((column) => `(${given[column] ?? 'null'})::${stagedTypes[column]} as ${column}`).join(', ');
  const relation = of({
    place: 'w.place',
    kind: 'c.relkind',
    schema: 'n.nspname',
    name: 'c.relname',
    pages: 'c.relpages',
    // The planner takes the rows for a page as it remembers them, times the pages that there are now.
    tuples: `case when c.relpages > 0 and c.relkind <> 'p'
                  then c.reltuples::float8 / c.relpages * (pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::float8)
                  else c.reltuples end`,
    visible: 'case when c.relpages > 0 then least(1, c.relallvisible::float8 / c.relpages) else 0 end',
  });
  const source = readsCatalog
    ? 'join pg_catalog.pg_statistic s on s.starelid = h.oid and s.staattnum = a.attnum'
    : 'join pg_catalog.pg_stats s on s.schemaname = n.nspname and s.tablename = h.relname and s.attname = a.attname';
  const attribute = of({
    place: 'w.place',
    kind: `case when h.oid = c.oid then 'a' else 'x' end`,
    schema: 'n.nspname',
    name: 'h.relname',
    attribute: 'a.attname',
    number: 'case when h.oid <> c.oid then a.attnum end',
    inherited: readsCatalog ? 's.stainherit' : 's.inherited',
    ...statistics,
  });
  // Oids only: nothing in the list could be anything else than a number.
  const wanted = `pg_catalog.unnest('{${carried.map(Number).join(',')}}'::oid[]) with ordinality as w(oid, place)`;
  return `
    select ${relation}
      from ${wanted} join pg_catalog.pg_class c on c.oid = w.oid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    union all
    (select ${attribute}
      from ${wanted} join pg_catalog.pg_class c on c.oid = w.oid
      join lateral (select w.oid as oid union all select i.indexrelid from pg_catalog.pg_index i where i.indrelid = w.oid and i.indexprs is not null) as r on true
      join pg_catalog.pg_class h on h.oid = r.oid join pg_catalog.pg_namespace n on n.oid = h.relnamespace
      join pg_catalog.pg_attribute a on a.attrelid = h.oid and a.attnum > 0 and not a.attisdropped
      ${source}
     order by w.place, h.relname collate "C", a.attnum)`;
}
