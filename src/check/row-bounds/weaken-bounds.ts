import type { CheckOutcome } from '../../core/check-outcome.ts';
import { parseQualifiedName, qualifiedName } from '../../sql/quote.ts';
import type { MaskedAttribute } from '../masked-constraints/read-masked-state.ts';
import type { EvaluatedBound } from './evaluate-bounds.ts';

/** A migration that picks rows by a masked column picks others than it will in production: said where such a table has bounds. */
export function weakenBounds({ gate, findings }: CheckOutcome, bounds: readonly EvaluatedBound[], masked: readonly MaskedAttribute[]): CheckOutcome {
  const tables = new Set(masked.map(({ table }) => table));
  const bounded = bounds.map(({ table }) => readName(table)).filter((name) => tables.has(name));
  if (bounded.length === 0) return { gate, findings };
  const names = [...new Set(bounded)].sort().join(', ');
  return { gate: { ...gate, weakenedBy: `which rows a migration changes may depend on masked columns of ${names}` }, findings };
}

function readName(text: string): string {
  const name = parseQualifiedName(text);
  return name === undefined ? text : qualifiedName(name.schema ?? 'public', name.name);
}
