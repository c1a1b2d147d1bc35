import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { qualifiedName } from '../../sql/quote.ts';
import type { PlannedMask } from './build-masks.ts';
import { showMask } from './decisions.ts';

/**
 * Lets the source read every expression without evaluating it for any row: a column or function that doesn't exist, a type that doesn't fit, a
 * constant that isn't one. In a WHERE clause neither aggregates nor set-returning functions are allowed, which would change the number of rows.
 * Returns the problems as sentences without a full stop; the session's transaction goes on.
 */
export async function probeMasks(session: Session, masks: readonly PlannedMask[]): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { decision, column, expression } of masks) {
    await session.execute('savepoint masks');
    try {
      await session.query(`select from ${qualifiedName(column.schema, column.table)} where ${expression} is null limit 0`);
    } catch (error) {
      if (!(error instanceof SqlError) || /^(08|57)/.test(error.fields.sqlstate)) throw error;
      await session.execute('rollback to savepoint masks');
      problems.push(`${decision.name} can’t be masked by ${showMask(decision.mask)}: ${error.fields.message}`);
    }
    await session.execute('release savepoint masks');
  }
  return problems;
}
