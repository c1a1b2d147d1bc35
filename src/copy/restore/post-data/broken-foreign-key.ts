import { SqlError } from '../../../core/failure.ts';
import type { FidelityLoss } from '../../../core/source-facts.ts';
import type { ForeignKey } from './plan-post-data.ts';

/**
 * The loss when rows don't fulfil a foreign key that is valid in production: it happens where triggers were off while rows were written, or
 * rows were masked. The copy is what production is, but for the constraint's mark. Undefined for any other error.
 */
export function brokenForeignKey({ table, constraint, statement, text }: ForeignKey, error: unknown): FidelityLoss | undefined {
  if (!(error instanceof SqlError) || error.fields.sqlstate !== '23503') return undefined;
  const { detail, message, sqlstate } = error.fields;
  const validated = text !== statement;
  const state = validated ? 'is there, but not valid' : 'is missing';
  return {
    object: { kind: 'constraint', name: `${constraint} on ${table}` },
    message: `constraint ${constraint} on ${table} ${state} in the copy, since its rows break it: ${detail ?? message}`,
    cure: 'Correct the rows in production (or what masks them), or accept the loss in clone.acceptLosses.',
    sqlstate,
    statement: text,
  };
}
