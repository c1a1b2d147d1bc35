import type { CutPoint } from '../../core/interruption.ts';
import { unreachable } from '../../core/result.ts';

/**
 * Where a deploy was cut off, as words.
 *
 * @example whereCut(cut) // 'after statement 2 of 3 of 0007_orders'
 */
export function whereCut({ kind, statement, statements, migration }: Pick<CutPoint, 'kind' | 'statement' | 'statements' | 'migration'>): string {
  const place = `statement ${statement} of ${statements} of ${migration}`;
  switch (kind) {
    case 'in-transaction':
      return `in the transaction of ${migration}, after statement ${statement} of ${statements}`;
    case 'between-statements':
      return `after ${place}`;
    case 'in-statement':
      return `in the middle of ${place}`;
    case 'before-ledger':
      return `after ${migration}, before the ledger knew of it`;
    case 'between-migrations':
      return `after ${migration}, before the next migration`;
    default:
      return unreachable(kind);
  }
}
