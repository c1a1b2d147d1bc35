/** How the values of a column are hashed. */
export type HashWay =
  | 'int2'
  | 'int4'
  | 'int8'
  | 'boolean'
  | 'float'
  | 'numeric'
  | 'date'
  | 'uuid'
  | 'text'
  | 'character'
  | 'padded'
  | 'cast'
  | 'output'
  | 'digest'
  | 'code';

/**
 * SQL: the way for a type `t` with the output function `o`; domains have the output function of what they are made of. Types with a way of their own are
 * those for which equal hashes are equal values in every respect that COPY carries, by functions that every major from 13 has and computes alike. All others
 * are hashed by their text: enums by Postgres' own function would depend on oids, jsonb and arrays on less than they hold, intervals on their length alone.
 *
 * A cast to text gives what the output function gives, but not for types that have a cast of their own: xml's keeps a declaration. bytea is digested, so
 * that it isn't doubled to hexadecimal; the output of "char" above 127 is another since 16, so its number is taken. refcursor has text's output function
 * and no collation.
 */
export const hashWayOf = hashWayWhere('false');

/**
 * The same where it may be known that values of char have a length of their own.
 *
 * @param isPadded SQL: whether they are as long as their type says
 */
export function hashWayWhere(isPadded: string): string {
  return `case
                            when o.proname = 'int2out' then 'int2'
                            when o.proname = 'int4out' then 'int4'
                            when o.proname = 'int8out' then 'int8'
                            when o.proname = 'boolout' then 'boolean'
                            when o.proname in ('float4out', 'float8out') then 'float'
                            when o.proname = 'numeric_out' then 'numeric'
                            when o.proname = 'date_out' then 'date'
                            when o.proname = 'uuid_out' then 'uuid'
                            when o.proname in ('textout', 'varcharout') and t.typcollation <> 0 then 'text'
                            when o.proname = 'bpcharout' then case when ${isPadded} then 'padded' else 'character' end
                            when o.proname = 'nameout' then 'cast'
                            when o.proname = 'byteaout' then 'digest'
                            when o.proname = 'charout' then 'code'
                            when exists (select from pg_catalog.pg_cast k join pg_catalog.pg_type s on s.oid = k.castsource
                                          where s.typoutput = t.typoutput and k.casttarget = 'pg_catalog.text'::regtype and k.castmethod <> 'i') then 'output'
                            else 'cast' end`;
}

/**
 * SQL: a 64-bit hash of a value, null for null. Equal integers of other widths have equal hashes, and so have texts of other types, so that these may be
 * widened unnoticed.
 *
 * @param value SQL that costs nothing to repeat: a column
 */
export function valueHash(value: string, way: HashWay): string {
  switch (way) {
    case 'int2':
    case 'int4':
      return `pg_catalog.hash${way}extended(${value}, 0)`;
    // Of 64 bits its hash takes 32, by folding them, and so 1 and 2^32 are one to it. As the seed it takes all of them.
    case 'int8':
      return bigintHash(value, isBeyondInteger(value));
    case 'boolean':
      return `case when ${value} then ${textHash("'true'")} when not ${value} then ${textHash("'false'")} end`;
    // To the hash, zero has no sign, and what NaN gives depends on the minor version.
    case 'float':
      return `case when ${value} = 0 or ${value} = 'NaN' then ${textHash(asText(value))} else pg_catalog.hashfloat8extended(${value}, 0) end`;
    // Its hash knows neither the sign nor the scale (5, -5, 5.0), and NaN and infinity not at all: they have no scale.
    case 'numeric':
      return `coalesce(pg_catalog.hashint8extended(case when ${value} < 0 then -1 - pg_catalog.scale(${value}) else pg_catalog.scale(${value}) end,
        pg_catalog.hash_numeric_extended(${value}, 0)), ${textHash(asText(value))})`;
    case 'date':
      return `case when pg_catalog.isfinite(${value}) then pg_catalog.hashint4extended(${value} - '2000-01-01'::pg_catalog.date, 0)
        else ${textHash(asText(value))} end`;
    case 'uuid':
      return `pg_catalog.uuid_hash_extended(${value}, 0)`;
    case 'text':
      return textHash(value);
    // Its hash leaves out trailing blanks, which in char(n) follow from the type.
    case 'padded':
      return `pg_catalog.hashbpcharextended(${value} collate "C", 0)`;
    // Without a length they don't.
    case 'character':
      return `pg_catalog.hashbpcharextended(${value} collate "C", pg_catalog.octet_length(${value}))`;
    case 'cast':
      return textHash(asText(value));
    case 'output':
      return `case when ${value} is not distinct from null then null else ${textHash(`pg_catalog.format('%s', ${value})`)} end`;
    case 'digest':
      return textHash(`pg_catalog.encode(pg_catalog.sha256(${value}), 'hex')`);
    case 'code':
      return textHash(`${value}::pg_catalog.int4::pg_catalog.text`);
  }
}

/**
 * SQL: valueHash of a bigint.
 *
 * @param beyond SQL: isBeyondInteger of it
 */
export function bigintHash(value: string, beyond: string): string {
  return `pg_catalog.hashint8extended(${value}, case when ${beyond} then ${value} else 0 end)`;
}

/** SQL: whether a bigint is one that no integer holds. */
export function isBeyondInteger(value: string): string {
  return `${value} not between -2147483648 and 2147483647`;
}

/** With collation C: in others equal isn't the same. */
function textHash(text: string): string {
  return `pg_catalog.hashtextextended(${text} collate "C", 0)`;
}

function asText(value: string): string {
  return `${value}::pg_catalog.text`;
}
