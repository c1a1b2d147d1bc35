import type { ColumnMask } from '../../../config/schema.ts';
import type { MaskableColumn } from '../read-columns.ts';
import type { Suspicion } from './looks-personal.ts';

const shortestHash = 12;

/** A mask that fits the column, to begin with: what looks real where there is such a fake, else what keeps joins, else nothing at all. */
export function suggestMask(column: MaskableColumn, { sort }: Suspicion): ColumnMask {
  const { kind, notNull, nullsEqual, unique, partitionKey } = column;
  const emptied = (constant: string): ColumnMask => (!notNull && !nullsEqual ? 'null' : unique === 'no' ? { constant } : 'keep');
  if (partitionKey) return 'keep';
  switch (kind.kind) {
    case 'text': {
      const secret = sort?.what === 'a secret';
      if (sort?.fake !== undefined && (kind.maxLength ?? longestFakes) >= longestFakes && !(unique !== 'no' && notUnique.has(sort.fake)))
        return `fake:${sort.fake}`;
      if (secret && !notNull && !nullsEqual) return 'null';
      if (unique === 'no' && (secret || (kind.maxLength ?? shortestHash) < shortestHash)) return emptied('');
      return (kind.maxLength ?? shortestHash) < shortestHash ? 'keep' : 'hash';
    }
    case 'integer':
    case 'uuid':
    case 'bytea':
      return 'hash';
    case 'numeric':
      return unique === 'no' ? 'hash' : 'keep';
    case 'inet':
      return 'fake:ip';
    case 'mac':
      return 'fake:mac';
    case 'time':
      return unique === 'no' ? 'fake:date' : 'keep';
    case 'json':
      return emptied('{}');
    case 'array':
      return emptied('{}');
    case 'enum':
    case 'boolean':
      return notNull || nullsEqual ? 'keep' : 'null';
    case 'other':
      return kind.name === 'tsvector' || kind.name === 'hstore' ? emptied('') : notNull || nullsEqual ? 'keep' : 'null';
  }
}

/** Columns at least as long as this hold every fake's text. */
const longestFakes = 40;
const notUnique: ReadonlySet<string> = new Set(['date', 'card', 'postcode']);
