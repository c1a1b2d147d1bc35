import { qualifiedName, quoteIdentifier } from '../../sql/quote.ts';
import type { HashableColumn, HashableTable } from './hashable-tables.ts';
import { hashOfRowWithoutNull, type NullShare, type RowPart, rowHash, takesSeed } from './row-hash.ts';
import { bigintHash, isBeyondInteger, valueHash } from './value-hash.ts';

/** Blocks of a table, the last one left out. */
export interface PageRange {
  readonly from: number;
  /** Absent: to the end. */
  readonly to?: number;
}

/** What the queries of this file give. Sums are decimal numbers of any length, null over no value. */
export interface HashRow {
  readonly rows: string;
  readonly row_sum: string | null;
  /** For each column. */
  readonly sums: readonly (string | null)[];
  /** For each column, the rows in which it is null. */
  readonly nulls: readonly string[];
}

/** Which rows are hashed, where not all are: the same ones wherever the key is the same. */
export interface RowSample {
  readonly percent: number;
  /** Columns that tell rows apart, always in the same order. */
  readonly key: readonly string[];
}

type Masks = Readonly<Record<string, string>>;

/**
 * One scan of a table's own rows that gives, in any order of the rows, a sum of 64-bit hashes for each column and one for whole rows. A sum that is equal by
 * accident has odds of 2^-64 (5e-20) a column; the row's is made of hashes that each go into the next, and so tells which values stand in one row. The hashes
 * are those by which Postgres assigns rows to hash partitions, which therefore can't change between versions.
 *
 * @param masks column → the expression that stands for it on the source
 */
export function hashQuery(table: HashableTable, masks: Masks, pages?: PageRange, sample?: RowSample): string {
  const made = table.columns.map((column, at) => readOnce(column, at, nullsOf(column, masks)));
  const places = made.flatMap(({ places }) => places);
  // An offset keeps hashes from being made twice, once for each kind of sum. Written as a number it would be taken for one that skips rows, and workers would
  // hand on what they read in place of adding it up (limit_needed() of optimizer/plan/planner.c looks at it before it is cast).
  return `
    select pg_catalog.count(*) as rows, ${rowSumOf(made.map(({ part }) => part))}::text as row_sum, ${arrays(made)}
      from (select ${places.join(', ')} from ${rowsOf(table, masks, pages, sample)} offset '0') as hashes`;
}

/** The same of columns alone, in about two thirds of the time. */
export function columnHashQuery(table: HashableTable, masks: Masks, pages?: PageRange, sample?: RowSample): string {
  const made = table.columns.map((column) => {
    const value = quoteIdentifier(column.name);
    // Of a row of nulls, is null would be true.
    return { sum: valueHash(value, column.way), isNull: nullsOf(column, masks) === 'none' ? undefined : `${value} is not distinct from null` };
  });
  return `select pg_catalog.count(*) as rows, null as row_sum, ${arrays(made)} from ${rowsOf(table, masks, pages, sample)}`;
}

/** The same of whole rows alone, in about two thirds of the time. */
export function rowHashQuery(table: HashableTable, pages?: PageRange, sample?: RowSample): string {
  const parts = table.columns.map((column) => ({ ...directly(column), nulls: nullsOf(column, {}) }));
  return `
    select pg_catalog.count(*) as rows, ${rowSumOf(parts)}::text as row_sum, array[]::text[] as sums, array[]::text[] as nulls
      from ${rowsOf(table, {}, pages, sample)}`;
}

/** What statistics say of a column doesn't hold for its mask. */
function nullsOf({ name, nulls }: HashableColumn, masks: Masks): NullShare {
  return Object.hasOwn(masks, name) ? 'some' : nulls;
}

function directly({ name, way }: HashableColumn): Omit<RowPart, 'nulls'> {
  const value = quoteIdentifier(name);
  return { way, value, hash: valueHash(value, way) };
}

/** What is worked out once for each row of a column, and how it is used then. */
function readOnce({ name, way }: HashableColumn, at: number, nulls: NullShare) {
  const [column, value, hash, beyond] = [quoteIdentifier(name), `v${at}`, `h${at}`, `b${at}`];
  const isNull = (place: string) => (nulls === 'none' ? undefined : `${place} is null`);
  if (!takesSeed(way)) return { places: [`${valueHash(column, way)} as ${hash}`], sum: hash, isNull: isNull(hash), part: { way, value, hash, nulls } };
  if (way !== 'int8') return { places: [`${column} as ${value}`], sum: valueHash(value, way), isNull: isNull(value), part: { way, value, hash, nulls } };
  const places = [`${column} as ${value}`, `${isBeyondInteger(column)} as ${beyond}`];
  return { places, sum: bigintHash(value, beyond), isNull: isNull(value), part: { way, value, hash, beyond, nulls } };
}

/** SQL: sums of hashes and numbers of nulls, a column after the other. Nulls are few, mostly, and cost less to count than values. */
function arrays(columns: readonly { readonly sum: string; readonly isNull: string | undefined }[]): string {
  const sums = columns.map(({ sum }) => `pg_catalog.sum(${sum})::text`);
  const nulls = columns.map(({ isNull }) => (isNull === undefined ? "'0'" : `(pg_catalog.count(*) filter (where ${isNull}))::text`));
  return `array[${sums.join(', ')}]::text[] as sums, array[${nulls.join(', ')}]::text[] as nulls`;
}

function rowSumOf(parts: readonly RowPart[]): string {
  return parts.length === 0 ? 'null' : `pg_catalog.sum(${rowHash(parts)})`;
}

/** SQL: where a table's rows come from, as they are masked. A mask is worked out once for each row. */
function rowsOf(table: HashableTable, masks: Masks, pages: PageRange | undefined, sample: RowSample | undefined): string {
  const { schema, table: name, columns } = table;
  const [inPages, inSample] = [pageCondition(pages), sampleCondition(table, sample)];
  const from = (conditions: readonly string[]) => `only ${qualifiedName(schema, name)}${conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`}`;
  if (!columns.some(({ name }) => Object.hasOwn(masks, name))) return from([...inPages, ...inSample]);
  // A mask such as null has no type of its own.
  const values = columns.map(({ name, type }) => {
    const column = quoteIdentifier(name);
    return Object.hasOwn(masks, name) ? `(${masks[name]})::${type} as ${column}` : column;
  });
  // Chosen are the rows as they are masked: so they are on the other side.
  return `(select ${values.join(', ')} from ${from(inPages)} offset '0') as masked${inSample.length === 0 ? '' : ` where ${inSample.join(' and ')}`}`;
}

/** In millionths, so that small samples can be asked for. */
const whole = 1_000_000;

function sampleCondition({ columns }: HashableTable, sample: RowSample | undefined): readonly string[] {
  if (sample === undefined) return [];
  const key = sample.key.flatMap((name) => columns.find((column) => column.name === name) ?? []).map(directly);
  return [`(${hashOfRowWithoutNull(key)} & 9223372036854775807) % ${whole} < ${Math.round((sample.percent * whole) / 100)}`];
}

function pageCondition(pages: PageRange | undefined): readonly string[] {
  if (pages === undefined) return [];
  const from = `ctid >= '(${pages.from},0)'::pg_catalog.tid`;
  return pages.to === undefined ? [from] : [from, `ctid < '(${pages.to},0)'::pg_catalog.tid`];
}
