/** What is staged, and as which types: the arguments of PostgreSQL 18's pg_restore_attribute_stats keep their names. */
export const stagedTypes = {
  /** Number of the relation, from 1 on; columns and index expressions bear their relation's. */
  place: 'integer',
  /**
   * The relation's relkind; `a`: one of its columns; `x`: an expression of one of its indexes. No "char": PostgreSQL 18 fails to plan a merge join of two
   * that have statistics.
   */
  kind: 'text',
  schema: 'name',
  /** Of the relation; for `x` of the index. */
  name: 'name',
  attribute: 'name',
  /** For `x`: which part of the index. */
  number: 'smallint',
  /** Over all that inherits, too. */
  inherited: 'boolean',
  /** As pg_class has them. */
  pages: 'integer',
  /** How many rows the source's planner believed in; -1: it didn't know. */
  tuples: 'real',
  /** Share of pages that an index-only scan needn't visit. */
  visible: 'real',
  null_frac: 'real',
  avg_width: 'integer',
  n_distinct: 'real',
  most_common_vals: 'text',
  most_common_freqs: 'real[]',
  histogram_bounds: 'text',
  correlation: 'real',
  most_common_elems: 'text',
  most_common_elem_freqs: 'real[]',
  elem_count_histogram: 'real[]',
  range_length_histogram: 'text',
  range_empty_frac: 'real',
  range_bounds_histogram: 'text',
} as const;

export type StagedColumn = keyof typeof stagedTypes;
export const stagedColumns = Object.keys(stagedTypes) as readonly StagedColumn[];

/** What is needed of a column's statistics, whoever tells them. */
export const statisticColumns = stagedColumns.slice(stagedColumns.indexOf('null_frac'));

/** Where statistics lie on the copy until they are put in their places: a temporary table, which only the session that made it sees. */
export const stagingTable = 'pg_temp.pgrehearse_statistics';

const packed = stagedColumns.filter((column) => stagedTypes[column] === 'text' && column !== 'kind');

/** What an attempt that was cut off has staged goes. Packing what is unpacked again in a moment would cost more than everything else. */
export const makeStaging = `
  drop table if exists ${stagingTable};
  create temporary table pgrehearse_statistics (${stagedColumns.map((column) => `${column} ${stagedTypes[column]}`).join(', ')});
  alter table ${stagingTable} ${packed.map((column) => `alter ${column} set storage external`).join(', ')}`;

/** Sorted by relation already, so that a batch of them is a few neighbouring pages. */
export const sortStaging = `create index on ${stagingTable} (place); analyze ${stagingTable} (place, kind)`;
