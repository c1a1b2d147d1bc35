import type { MaskableColumn } from '../read-columns.ts';
import { type Built, built, unfit } from './built.ts';
import { type DigestEncoding, hexDigits, numberBelow, overDigest } from './digest.ts';
import { permuteInteger } from './permute-integer.ts';

/** 128 bits: no two of any number of rows that a database can hold become equal. */
const usualDigits = 32;
/** 48 bits: a million different values meet with a probability of 0.2 percent. */
const fewestUniqueDigits = 12;
/** 10^18 is the largest power of ten that an int8 holds. */
const mostDecimals = 18;
const fewestUniqueDecimals = 15;

/**
 * A salted hash of the column's own type. Equal values become equal, whatever table they are in, so that joins hold; from the hash the value
 * can't be found without the salt.
 *
 * | type | becomes |
 * |---|---|
 * | text, varchar, char, citext | 32 hexadecimal digits, or as many as fit |
 * | smallint, integer, bigint | another integer of the same sign; different ones stay different |
 * | numeric | a number of as many digits as the type holds, at most 18; 15 where it has no limit |
 * | uuid | a UUID of version 4 |
 * | bytea | 32 bytes |
 */
export function hashMask(column: MaskableColumn, mustBeUnique: boolean, encoding: DigestEncoding): Built {
  const { kind } = column;
  const over = (expression: string) => built(overDigest(column, encoding, expression));
  switch (kind.kind) {
    case 'text': {
      const digits = Math.min(kind.maxLength ?? usualDigits, usualDigits);
      if (mustBeUnique && digits < fewestUniqueDigits) {
        return unfit(`it must stay unique, for which a hash needs ${fewestUniqueDigits} characters, and ${column.type} holds ${digits}`);
      }
      return over(hexDigits(1, digits));
    }
    case 'integer':
      return built(permuteInteger(column.column, kind.bits, encoding));
    case 'numeric': {
      const digits = Math.min(kind.digits ?? fewestUniqueDecimals, mostDecimals);
      if (mustBeUnique && digits < fewestUniqueDecimals) {
        return unfit(`it must stay unique, for which a hash needs ${fewestUniqueDecimals} digits, and ${column.type} holds ${digits}`);
      }
      // The digits stand where the type has its own: those of numeric(10, 2) are 99999999.99 at most.
      const shift = kind.scale === 0 ? '' : ` * pg_catalog.power(10::pg_catalog.numeric, ${-kind.scale})`;
      return over(`${numberBelow(10n ** BigInt(digits))}::pg_catalog.numeric${shift}`);
    }
    case 'uuid':
      // Version and variant are those of a random UUID: programs that validate them go on working.
      return over(
        `(${hexDigits(1, 12)} || '4' || ${hexDigits(13, 3)} || pg_catalog.substr('89ab', 1 + pg_catalog.get_byte(i.h, 30) % 4, 1) || ${hexDigits(16, 15)})::pg_catalog.uuid`,
      );
    case 'bytea':
      return over('i.h');
    default:
      return unfit(`${column.type} has no hash of its own type; use null, a constant or sql`);
  }
}
