import { type HashWay, isBeyondInteger } from './value-hash.ts';

/** What of a column goes into the hash of a row. */
export interface RowPart {
  readonly way: HashWay;
  /** SQL: its value, for ways that take a seed. Costs nothing to repeat. */
  readonly value: string;
  /** SQL: the hash that valueHash gives of it, for all other ways. */
  readonly hash: string;
  /** SQL: isBeyondInteger of a bigint, where that is known already. */
  readonly beyond?: string;
  readonly nulls: NullShare;
}

/** How many of a column's values are null: as far as the planner's statistics know, where it says `seldom`. */
export type NullShare = 'none' | 'seldom' | 'some';

/** What stands for null in each place of a link, 64 bits that a value has there by accident only; and what makes large bigints others in other places. */
const marks = { value: '1311768467463790321', hash: '6148914691236517205', upper: '7640891576956012809', lower: '4354685564936845355' };

/** One call that mixes what it is given into 64 bits: a short value, and a seed that a hash and two integers share with the links before. */
interface Link {
  readonly value?: RowPart | undefined;
  readonly hash?: RowPart | undefined;
  /** In the upper and in the lower half of the seed. */
  readonly upper?: RowPart | undefined;
  readonly lower?: RowPart | undefined;
}

/** How many links are nested into each other. */
const nesting = 50;

/**
 * SQL: a 64-bit hash of a row, never null: a chain of links, each seeded by the one before it, so that equal values in other columns count as other rows. The
 * same for the same values, whatever is known of nulls: where they are seldom, a chain that null breaks is tried first, and costs less than one that looks for
 * null in each column.
 */
export function rowHash(parts: readonly RowPart[]): string {
  const careful = parts.map((part) => ({ ...part, nulls: part.nulls === 'seldom' ? ('some' as const) : part.nulls }));
  const general = chain(careful);
  if (parts.every(({ nulls }) => nulls !== 'seldom')) return general;
  return `coalesce(${chain(parts)}, ${general})`;
}

/** SQL: the same of rows without a null; null for those that have one. */
export function hashOfRowWithoutNull(parts: readonly Omit<RowPart, 'nulls'>[]): string {
  return chain(parts.map((part) => ({ ...part, nulls: 'none' })));
}

function chain(parts: readonly RowPart[]): string {
  const links = linksOf(parts);
  const groups: string[] = [];
  for (let at = 0; at < links.length; at += nesting) groups.push(links.slice(at, at + nesting).reduce(join, ''));
  return groups.reduce((seed, hash) => `pg_catalog.hashint8extended(0, ${seed} # ${hash})`);
}

/**
 * As few links as there may be, since mixing is what costs: two hashes of one kind are never in one seed, where they could change places unnoticed, and
 * integers are there bit by bit. Columns keep their places where integers or texts become others of their kind.
 */
function linksOf(parts: readonly RowPart[]): readonly Link[] {
  const integers = parts.filter(({ way }) => isInteger(way));
  const uuids = parts.filter(({ way }) => way === 'uuid');
  const hashed = parts.filter(({ way }) => !takesSeed(way));
  const count = Math.max(1, hashed.length, uuids.length, Math.ceil((integers.length + uuids.length) / 3));
  const values = [...uuids, ...integers.slice(0, count - uuids.length)];
  const shared = integers.slice(count - uuids.length);
  return Array.from({ length: count }, (_, at) => ({ value: values[at], hash: hashed[at], upper: shared[2 * at], lower: shared[2 * at + 1] }));
}

/** Of the first link there is nothing before. */
function join(before: string, { value, hash, upper, lower }: Link): string {
  const inSeed = [
    ...(before === '' ? [] : [before]),
    ...(hash === undefined ? [] : [orNull(hash.hash, hash, marks.hash)]),
    ...(upper === undefined ? [] : [orNull(upperHalf(upper), upper, marks.upper)]),
    ...(lower === undefined ? [] : [orNull(lowerHalf(lower), lower, marks.lower)]),
    ...markOf(value),
  ];
  const seed = inSeed.length === 0 ? '0' : inSeed.join(' # ');
  if (value === undefined) return `pg_catalog.hashint8extended(0, ${seed})`;
  if (value.way === 'uuid')
    return `pg_catalog.uuid_hash_extended(${orNull(value.value, value, "'00000000-0000-0000-0000-000000000000'::pg_catalog.uuid")}, ${seed})`;
  // Integers of other widths come out alike, as valueHash has them.
  const way = value.way === 'int2' && value.nulls === 'some' ? 'int4' : value.way;
  return `pg_catalog.hash${way}extended(${orNull(value.value, value, '0')}, ${seed})`;
}

/** SQL: what goes into the seed of a value, besides. Of a bigint, its hash takes 32 bits. */
function markOf(part: RowPart | undefined): readonly string[] {
  if (part === undefined) return [];
  const cases = [
    ...(part.nulls === 'some' ? [`when ${part.value} is null then ${marks.value}`] : []),
    ...(part.way === 'int8' ? [`when ${beyondOf(part)} then ${largeHash(part, marks.value)}`] : []),
  ];
  return cases.length === 0 ? [] : [`case ${cases.join(' ')} else 0 end`];
}

/** SQL: an integer in the upper 32 bits, or a bigint that needs more. */
function upperHalf(part: RowPart): string {
  if (part.way !== 'int8') return `${part.value} * 4294967296`;
  return `case when ${beyondOf(part)} then ${largeHash(part, marks.upper)} else ${part.value} << 32 end`;
}

function lowerHalf(part: RowPart): string {
  if (part.way !== 'int8') return `${part.value}::pg_catalog.int8`;
  return `case when ${beyondOf(part)} then ${largeHash(part, marks.lower)} else ${part.value} end`;
}

/** SQL: as the seed, its hash takes all 64 bits of a bigint. */
function largeHash({ value }: RowPart, mark: string): string {
  return `pg_catalog.hashint8extended(${value}, ${value} # ${mark})`;
}

function orNull(sql: string, { nulls }: RowPart, instead: string): string {
  return nulls === 'some' ? `coalesce(${sql}, ${instead})` : sql;
}

function beyondOf({ value, beyond = isBeyondInteger(value) }: RowPart): string {
  return beyond;
}

function isInteger(way: HashWay): boolean {
  return way === 'int2' || way === 'int4' || way === 'int8';
}

/** Whether a row's hash takes a column's value, and not its hash. */
export function takesSeed(way: HashWay): boolean {
  return isInteger(way) || way === 'uuid';
}
