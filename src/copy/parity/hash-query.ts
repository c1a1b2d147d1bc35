import { qualifiedName, quoteIdentifier } from '../../sql/quote.ts';
import type { HashableTable } from './hashable-tables.ts';
import { valueHash } from './value-hash.ts';

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

/** Which rows are hashed, where not all are: the same ones wherever the key is the same. */
export interface RowSample {
  readonly percent: number;
  /** Columns that tell rows apart, always in the same order. */
  readonly key: readonly string[];
}

/** What stands for null in the hash of a row: 64 bits that a value's hash has by accident only. */
const nullHash = '6148914691236517205';

/** How many hashes are nested into each other: each seeds the next, so that equal values in other columns count as other rows. */
const nesting = 50;

/**
 * One scan of a table's own rows that gives, in any order of the rows, a sum of 64-bit hashes for each column and one for whole rows. A sum that is equal by
 * accident has odds of 2^-64 (5e-20) a column; the row's is made of the same hashes, each mixed with those before it, and so tells which values stand in one
 * row. The hashes are those by which Postgres assigns rows to hash partitions, which therefore can't change between versions.
 *
 * @param masks column → the expression that stands for it on the source
 */
export function hashQuery(table: HashableTable, masks: Readonly<Record<string, string>>, pages?: PageRange, sample?: RowSample): string {
  const columns = table.columns.map((column) => ({ ...column, notNull: column.notNull && !Object.hasOwn(masks, column.name) }));
  const hashes = columns.map(({ name, way }, at) => `${valueHash(quoteIdentifier(name), way)} as h${at}`);
  const places = columns.map((_, at) => `h${at}`);
  const sums = places.map((place) => `pg_catalog.sum(${place})::text`);
  const values = columns.map(({ notNull }, at) => `pg_catalog.count(${notNull ? '*' : `h${at}`})::text`);
  const rowSum = rowSumOf(columns.map(({ notNull }, at) => orNull(`h${at}`, notNull)));
  // offset 0 keeps hashes from being made twice, once for each kind of sum.
  return `
    select pg_catalog.count(*) as rows, ${rowSum}::text as row_sum, array[${sums.join(', ')}]::text[] as sums, array[${values.join(', ')}]::text[] as values
      from (select ${hashes.join(', ')} from ${rowsOf(table, masks, pages, sample)} offset 0) as hashes`;
}

/** The same of whole rows alone, in about two thirds of the time. */
export function rowHashQuery({ columns, ...table }: HashableTable, pages?: PageRange, sample?: RowSample): string {
  const hashes = columns.map(({ name, way, notNull }) => orNull(valueHash(quoteIdentifier(name), way), notNull));
  return `
    select pg_catalog.count(*) as rows, ${rowSumOf(hashes)}::text as row_sum, array[]::text[] as sums, array[]::text[] as values
      from ${rowsOf({ ...table, columns }, {}, pages, sample)}`;
}

function rowSumOf(hashes: readonly string[]): string {
  return hashes.length === 0 ? 'null' : `pg_catalog.sum(${rowHash(hashes)})`;
}

function orNull(place: string, notNull: boolean): string {
  return notNull ? place : `coalesce(${place}, ${nullHash})`;
}

/** SQL: where a table's rows come from, as they are masked. A mask is worked out once for each row. */
function rowsOf(table: HashableTable, masks: Readonly<Record<string, string>>, pages: PageRange | undefined, sample: RowSample | undefined): string {
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
  return `(select ${values.join(', ')} from ${from(inPages)} offset 0) as masked${inSample.length === 0 ? '' : ` where ${inSample.join(' and ')}`}`;
}

/** In millionths, so that small samples can be asked for. */
const whole = 1_000_000;

function sampleCondition({ columns }: HashableTable, sample: RowSample | undefined): readonly string[] {
  if (sample === undefined) return [];
  const key = sample.key.flatMap((name) => columns.find((column) => column.name === name) ?? []).map(({ name, way }) => valueHash(quoteIdentifier(name), way));
  return [`(${rowHash(key)} & 9223372036854775807) % ${whole} < ${Math.round((sample.percent * whole) / 100)}`];
}

function rowHash(hashes: readonly string[]): string {
  if (hashes.length <= nesting) return hashes.reduce((seed, hash) => `pg_catalog.hashint8extended(0, ${seed} # ${hash})`, '1::pg_catalog.int8');
  const groups: string[] = [];
  for (let at = 0; at < hashes.length; at += nesting) groups.push(rowHash(hashes.slice(at, at + nesting)));
  return rowHash(groups);
}

function pageCondition(pages: PageRange | undefined): readonly string[] {
  if (pages === undefined) return [];
  const from = `ctid >= '(${pages.from},0)'::pg_catalog.tid`;
  return pages.to === undefined ? [from] : [from, `ctid < '(${pages.to},0)'::pg_catalog.tid`];
}
