import { saltSetting } from '../../../core/masking.ts';
import { quoteIdentifier } from '../../../sql/quote.ts';
import type { MaskableColumn } from '../read-columns.ts';

/** In what the text is hashed: SQL_ASCII knows no characters, so that only its bytes as they are can be taken. */
export type DigestEncoding = 'UTF8' | 'SQL_ASCII';

/**
 * SHA-256 of the salt and a text, as bytea. NULL gives NULL; a session without the salt gets an error, never an unsalted hash.
 * The salt has a fixed length, so that no value can be mistaken for a part of it.
 */
export function digest(text: string, encoding: DigestEncoding): string {
  return `pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.current_setting('${saltSetting}') || ${text}, '${encoding}'))`;
}

/** A column's value as a text that is the same wherever and however equal values stand. */
export function valueText({ column, kind }: Pick<MaskableColumn, 'column' | 'kind'>): string {
  const value = quoteIdentifier(column);
  switch (kind.kind) {
    case 'text':
      return kind.folds ? `pg_catalog.lower(${value}::pg_catalog.text)` : `${value}::pg_catalog.text`;
    case 'bytea':
      return `pg_catalog.encode(${value}, 'hex')`;
    case 'numeric':
      return `pg_catalog.trim_scale(${value})::pg_catalog.text`;
    case 'time':
      // As text, a time with time zone depends on the session's.
      return kind.name === 'timestamptz' ? `(${value} at time zone 'UTC')::pg_catalog.text` : `${value}::pg_catalog.text`;
    default:
      return `${value}::pg_catalog.text`;
  }
}

/**
 * An expression over a value's text `i.v` and its digest `i.h`, which is computed once a row. NULL stays NULL, and an empty text stays empty.
 */
export function overDigest(column: Pick<MaskableColumn, 'column' | 'kind'>, encoding: DigestEncoding, expression: string): string {
  const text = valueText(column);
  // `offset 0` keeps the planner from writing the digest once for each time that it is used.
  const from = `from (select ${text} as v, ${digest(text, encoding)} as h offset 0) as i`;
  return column.kind.kind === 'text' ? `(select case when i.v = '' then '' else ${expression} end ${from})` : `(select ${expression} ${from})`;
}

/** Hexadecimal digits of the digest, 1-based; at most 64. */
export function hexDigits(from: number, count: number): string {
  return `pg_catalog.substr(pg_catalog.encode(i.h, 'hex'), ${from}, ${count})`;
}

/** A number from 0 up to a limit, made of 60 bits of the digest beginning at a hexadecimal digit. */
export function numberBelow(limit: bigint, fromDigit = 1): string {
  return `(('x0' || ${hexDigits(fromDigit, 15)})::pg_catalog.bit(64)::pg_catalog.int8 % ${limit})`;
}
