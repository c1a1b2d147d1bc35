import { qualifiedName, quoteIdentifier } from '../../sql/quote.ts';
import type { HashableTable, Rendering } from './hashable-tables.ts';

/** Blocks of a table, the last one left out. */
export interface PageRange {
  readonly from: number;
  /** Absent: to the end. */
  readonly to?: number;
}

/** What a query of hashQuery gives. Sums are decimal numbers of any length, null over no value. */
export interface HashRow {
  readonly rows: string;
  readonly row_sum: string | null;
  readonly sums: readonly (string | null)[];
  readonly values: readonly string[];
}

/** What stands for null in the hash of a row; a value that looks like it changes nothing unless it changes places with a null. */
const nullMark = "E'\\x01null\\x01'";

/** How many hashes are nested into each other: each seeds the next, so that equal values in other columns count as other rows. */
const nesting = 50;

/**
 * One scan of a table's own rows that gives, in any order of the rows, a sum of 64-bit hashes for each column and one for whole rows. A sum that is equal by
 * accident has odds of 2^-64 (5e-20) a column; the row's sum has other seeds, and so is a second witness of every change. The hash is the one by which
 * Postgres assigns rows to hash partitions, which therefore can't change between versions. It is asked with collation C: in others equal isn't the same.
 *
 * @param masks column → the expression that stands for it on the source
 */
export function hashQuery(table: HashableTable, masks: Readonly<Record<string, string>>, pages?: PageRange): string {
  const { columns } = table;
  const texts = columns.map(({ name, rendering }, at) => {
    const value = Object.hasOwn(masks, name) ? `(${masks[name]})` : quoteIdentifier(name);
    return `${render(value, rendering)} as h${at}`;
  });
  const places = columns.map((_, at) => `h${at}`);
  const sums = places.map((place) => `pg_catalog.sum(${hash(place, '0')})::text`);
  const values = places.map((place) => `pg_catalog.count(${place})::text`);
  // offset 0 keeps the texts from being made twice, once for each kind of hash.
  return `
    select pg_catalog.count(*) as rows, ${columns.length === 0 ? 'null' : `pg_catalog.sum(${rowHash(places)})`}::text as row_sum,
           array[${sums.join(', ')}]::text[] as sums, array[${values.join(', ')}]::text[] as values
      from (select ${texts.join(', ')} from only ${qualifiedName(table.schema, table.table)} ${pageCondition(pages)} offset 0) as texts`;
}

/** SQL: a value's text as it is hashed. */
export function render(value: string, rendering: Rendering): string {
  switch (rendering) {
    case 'cast':
      return `${value}::pg_catalog.text collate "C"`;
    case 'output':
      return `case when ${value} is not distinct from null then null else pg_catalog.format('%s', ${value}) end collate "C"`;
    case 'digest':
      return `pg_catalog.encode(pg_catalog.sha256(${value}), 'hex') collate "C"`;
    case 'code':
      return `${value}::pg_catalog.int4::pg_catalog.text collate "C"`;
  }
}

function hash(text: string, seed: string): string {
  return `pg_catalog.hashtextextended(${text}, ${seed})`;
}

function rowHash(places: readonly string[]): string {
  const groups: string[] = [];
  for (let at = 0; at < places.length; at += nesting) {
    groups.push(places.slice(at, at + nesting).reduce((seed, place) => hash(`coalesce(${place}, ${nullMark})`, seed), '1'));
  }
  return groups.length === 1 ? (groups[0] ?? '') : hash(`row(${groups.join(', ')})::pg_catalog.text collate "C"`, '2');
}

function pageCondition(pages: PageRange | undefined): string {
  if (pages === undefined) return '';
  const to = pages.to === undefined ? '' : ` and ctid < '(${pages.to},0)'::pg_catalog.tid`;
  return `where ctid >= '(${pages.from},0)'::pg_catalog.tid${to}`;
}
