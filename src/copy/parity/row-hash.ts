import { beyondInteger, type HashWay } from './value-hash.ts';

/** What of a column goes into the hash of a row. */
export interface RowPart {
  readonly way: HashWay;
  /** SQL: its value, for ways that take a seed. Costs nothing to repeat. */
  readonly value: string;
  /** SQL: the hash that valueHash gives of it, for all other ways. */
  readonly hash: string;
  /** SQL: beyondInteger of a bigint, where that is known already. */
  readonly beyond?: string;
  readonly nulls: NullShare;
}

/** How many of a column's values are null: as far as the planner's statistics know, where it says `seldom`. */
export type NullShare = 'none' | 'seldom' | 'some';

/** What stands for null: 64 bits that a value's hash has by accident only. */
const nullHash = '6148914691236517205';

/** What makes the seed of a null another one than that of the value it is hashed as. */
const nullSeed = '1311768467463790321';

/** How many hashes are nested into each other: each seeds the next, so that equal values in other columns count as other rows. */
const nesting = 50;

/**
 * SQL: a 64-bit hash of a row, never null: a chain over its columns, each seeded by those before it. Short values of fixed size are hashed anew with the seed,
 * which costs less than to mix their hash with it; of others the hash is mixed in, so that a long text is read once. The same for the same values, whatever
 * is known of nulls: where they are seldom, a chain that null breaks is tried first, and costs a third less than one that looks for null in each column.
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
  if (parts.length <= nesting) return parts.reduce(link, '1::pg_catalog.int8');
  const groups: string[] = [];
  for (let at = 0; at < parts.length; at += nesting) groups.push(chain(parts.slice(at, at + nesting)));
  return groups.reduce((seed, hash) => mix(seed, hash), '1::pg_catalog.int8');
}

/** Integers of other widths come out alike, as valueHash has them. */
function link(seed: string, { way, value, hash, beyond = beyondInteger(value), nulls }: RowPart): string {
  const isSome = nulls === 'some';
  const marked = isSome ? `${seed} # case when ${value} is null then ${nullSeed} else 0 end` : seed;
  switch (way) {
    case 'int2':
      return isSome ? `pg_catalog.hashint4extended(coalesce(${value}, 0), ${marked})` : `pg_catalog.hashint2extended(${value}, ${seed})`;
    case 'int4':
      return `pg_catalog.hashint4extended(${isSome ? `coalesce(${value}, 0)` : value}, ${marked})`;
    case 'int8':
      return isSome
        ? `pg_catalog.hashint8extended(coalesce(${value}, 0), ${seed} # case when ${value} is null then ${nullSeed} else ${beyond} end)`
        : `pg_catalog.hashint8extended(${value}, ${seed} # ${beyond})`;
    case 'uuid':
      return `pg_catalog.uuid_hash_extended(${isSome ? `coalesce(${value}, '00000000-0000-0000-0000-000000000000'::pg_catalog.uuid)` : value}, ${marked})`;
    default:
      return mix(seed, isSome ? `coalesce(${hash}, ${nullHash})` : hash);
  }
}

function mix(seed: string, hash: string): string {
  return `pg_catalog.hashint8extended(0, ${seed} # ${hash})`;
}

/** Whether a row's hash takes a column's value, and not its hash. */
export function takesSeed(way: HashWay): boolean {
  return way === 'int2' || way === 'int4' || way === 'int8' || way === 'uuid';
}
