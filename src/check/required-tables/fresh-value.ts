import { randomBytes, randomUUID } from 'node:crypto';
import { quoteLiteral } from '../../sql/quote.ts';
import type { RequiredColumn } from './read-table.ts';

const numbers = new Set(['int2', 'int4', 'int8', 'numeric', 'float4', 'float8', 'money', 'oid']);
const texts = new Set(['text', 'varchar', 'bpchar', 'citext', 'name']);
const plain: Readonly<Record<string, string>> = {
  bool: 'false',
  json: "'{}'",
  jsonb: "'{}'",
  bytea: "'\\x00'",
  interval: "'1 day'",
  inet: "'192.0.2.1'",
  cidr: "'192.0.2.0/24'",
  macaddr: "'02:00:00:00:00:01'",
  tsvector: "''",
  tsquery: "'a'",
  point: "'(0,0)'",
  xml: "'<a/>'",
  bit: "B'0'",
  varbit: "B'0'",
  hstore: "''",
  ltree: "'a'",
};

/**
 * An SQL expression for a value of a column that hardly any row has; undefined where none is known. As an application's would, it comes from outside: it
 * reads nothing but, for numbers, `largest`.
 *
 * @param largest the column's largest value, of numbers
 * @param free true: it may be one that others have too
 */
export function freshValue({ baseType, kind, category, label, length }: RequiredColumn, largest: string | undefined, free: boolean): string | undefined {
  if (kind === 'e') return label === null || (!free && kind === 'e') ? undefined : quoteLiteral(label);
  if (kind === 'r') return free ? "'empty'" : undefined;
  if (category === 'A') return free ? "'{}'" : undefined;
  if (numbers.has(baseType))
    return free ? '1' : largest === undefined ? String(1 + (randomBytes(2).readUInt16BE() >> 2)) : `${quoteLiteral(largest)}::numeric + 1`;
  if (texts.has(baseType)) {
    const word = `x${randomBytes(12).toString('hex')}`;
    return quoteLiteral(length === null ? word : word.slice(0, length));
  }
  if (baseType === 'uuid') return quoteLiteral(randomUUID());
  if (baseType === 'date') return `date '2000-01-01' + ${randomBytes(2).readUInt16BE()}`;
  if (baseType === 'timestamp' || baseType === 'timestamptz') return 'pg_catalog.clock_timestamp()';
  if (baseType === 'time' || baseType === 'timetz') return 'pg_catalog.clock_timestamp()::time';
  return free ? plain[baseType] : undefined;
}

/** Whether the largest value of a column has to be known. */
export function isNumber({ baseType }: RequiredColumn): boolean {
  return numbers.has(baseType) && baseType !== 'money' && baseType !== 'oid';
}
