import type { SqlErrorFields } from '../../core/failure.ts';

/**
 * Who refused a change: a `guard` (a right, a policy, a trigger or another function of the database), a `constraint`, or something `else`, such as a time
 * limit or a mistake in the statement. A constraint that happens to stand in the way of one row says nothing of the next one.
 */
export function refusal({ sqlstate, constraint, where }: SqlErrorFields): 'guard' | 'constraint' | 'else' {
  if (constraint !== undefined) return 'constraint';
  if (/^(08|25|2D|53|55|57|58|XX)/.test(sqlstate)) return 'else';
  if (sqlstate === '42501' || sqlstate.startsWith('P0') || sqlstate.startsWith('23') || (where ?? '').includes('function')) return 'guard';
  return 'else';
}
