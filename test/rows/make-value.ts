import type { Random } from './random.ts';
import type { Column, ColumnType } from './read-tables.ts';

const words = ['amber', 'birch', 'cedar', 'delta', 'ember', 'fjord', 'grove', 'harbour', 'ivory', 'juniper', 'källa', 'lumen', "mac'kay", 'nova', 'ødegård'];

/**
 * A value for a column, as the text that Postgres reads. `attempt` counts tries for the same row: the later it is, the more the
 * constants of the column's checks are used, and the plainer the value becomes.
 */
export function makeValue(column: Column, random: Random, row: number, attempt: number): string | null {
  if (!column.notNull && random.chance(attempt > 6 ? 0.6 : 0.15)) return null;
  if (column.hints.length > 0 && random.chance(attempt === 0 ? 0.8 : 0.5)) return guess(column, random, row);
  if (!column.type.isArray) return makeScalar(column.type, random, row, attempt);
  const elements = Array.from({ length: random.between(0, 3) }, () => makeScalar(column.type, random, row, attempt));
  return `{${elements.map((element) => `"${element.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`;
}

/** From the constants of the checks: one of them, a number between two of them, or a text that a LIKE pattern accepts. */
function guess(column: Column, random: Random, row: number): string {
  const hint = random.pick(column.hints);
  const other = random.pick(column.hints);
  const between = /^-?\d+$/.test(hint) && /^-?\d+$/.test(other) && random.chance(0.5);
  const value = between
    ? String(random.between(Math.min(Number(hint), Number(other)), Math.max(Number(hint), Number(other))))
    : hint.replaceAll('%', () => `${random.pick(words)}${row}`);
  // Checks on arrays are mostly about their elements.
  return column.type.isArray && !value.startsWith('{') ? `{"${value}"}` : value;
}

function makeScalar(type: ColumnType, random: Random, row: number, attempt: number): string {
  if (type.labels.length > 0) return random.pick(type.labels);
  const small = attempt > 3;
  switch (type.name) {
    case 'int2':
      return String(random.between(0, small ? 10 : 30_000));
    case 'int4':
    case 'oid':
      return String(random.between(0, small ? 100 : 2_000_000_000));
    case 'int8':
      return String(small ? random.between(0, 100) : random.between(0, 2 ** 52));
    case 'float4':
    case 'float8':
    case 'money':
      return (random.next() * (small ? 1 : 10_000)).toFixed(2);
    case 'numeric':
      return makeNumeric(type, random);
    case 'bool':
      return random.chance(0.5) ? 't' : 'f';
    case 'uuid':
      return hex(random, 32).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
    case 'date':
      return makeTime(random).slice(0, 10);
    case 'timestamp':
    case 'timestamptz':
      return makeTime(random);
    case 'time':
    case 'timetz':
      return makeTime(random).slice(11);
    case 'interval':
      return `${random.between(0, 90)} days ${random.between(0, 23)} hours`;
    case 'json':
    case 'jsonb':
      return random.chance(0.3) ? '{}' : JSON.stringify({ [random.pick(words)]: random.between(0, 999), tags: [random.pick(words), null] });
    case 'bytea':
      return `\\x${hex(random, 2 * random.between(0, 32))}`;
    case 'inet':
    case 'cidr':
      return `10.${random.between(0, 255)}.${random.between(0, 255)}.${random.between(0, 255)}`;
    case 'macaddr':
      return hex(random, 12).replaceAll(/(..)(?=.)/g, '$1:');
    case 'bit':
    case 'varbit':
      return Array.from({ length: type.length ?? 1 }, () => random.between(0, 1)).join('');
    case 'int4range':
    case 'int8range':
    case 'numrange':
      return `[${row * 10},${row * 10 + random.between(1, 9)})`;
    case 'daterange':
    case 'tsrange':
    case 'tstzrange':
      return `[${makeTime(random).slice(0, 10)},)`;
    case 'tsvector':
      return `'${random.pick(words).replaceAll("'", '')}':1`;
    case 'point':
      return `(${random.between(-90, 90)},${random.between(-90, 90)})`;
    case 'xml':
      return `<a>${row}</a>`;
    default:
      return makeText(type, random, row, attempt);
  }
}

/** Words that end in the row's number, so that they are mostly unique; where that was refused, or doesn't fit, letters alone. */
function makeText(type: ColumnType, random: Random, row: number, attempt: number): string {
  const length = type.length ?? 40;
  if (length < 16 || random.chance(attempt > 2 ? 0.6 : 0)) {
    return Array.from({ length: Math.min(length, 12) }, () => String.fromCharCode(random.between(97, 122))).join('');
  }
  const text = random.chance(0.1) ? hex(random, 40) : `${random.pick(words)}-${random.pick(words)}-${row}`;
  return text.slice(-length);
}

function makeNumeric(type: ColumnType, random: Random): string {
  const scale = type.scale ?? 2;
  const wholeDigits = Math.min((type.precision ?? 12) - scale, 9);
  return (random.next() * 10 ** Math.max(wholeDigits, 0) * 0.99).toFixed(Math.min(scale, 6));
}

/** An instant of 2024 or 2025, UTC. */
function makeTime(random: Random): string {
  return new Date(Date.UTC(2024, 0, 1) + random.between(0, 730 * 86_400) * 1000).toISOString().replace('.000Z', '+00').replace('T', ' ');
}

function hex(random: Random, digits: number): string {
  return Array.from({ length: digits }, () => random.between(0, 15).toString(16)).join('');
}
