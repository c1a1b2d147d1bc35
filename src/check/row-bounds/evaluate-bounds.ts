import type { Bound, RowBounds } from '../../config/schema.ts';
import { failure, SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';

export const boundKinds = ['inserted', 'updated', 'deleted', 'rows'] as const;
export type BoundKind = (typeof boundKinds)[number];

/** How many rows are allowed, both ends included. */
export interface RowRange {
  readonly min: number;
  /** Absent: without limit. */
  readonly max?: number;
  /** The query that gave the number, where one did. */
  readonly query?: string;
}

/** A table's bounds as numbers. */
export interface EvaluatedBound {
  /** As configured: the table's name after migrating, or the one before. */
  readonly table: string;
  readonly ranges: Readonly<Partial<Record<BoundKind, RowRange>>>;
}

/**
 * Turns declared bounds into numbers. Queries run now, so this belongs before migrating; each in a transaction that is rolled back.
 * Fails with `check-failed`, naming table and query, when a query fails or doesn't give one whole number.
 *
 * @example const bounds = await evaluateBounds(session, settings.data.bounds);
 */
export async function evaluateBounds(session: Session, bounds: readonly RowBounds[]): Promise<Result<readonly EvaluatedBound[]>> {
  const evaluated: EvaluatedBound[] = [];
  for (const declared of bounds) {
    const ranges: Partial<Record<BoundKind, RowRange>> = {};
    for (const kind of boundKinds) {
      const bound = declared[kind];
      if (bound === undefined) continue;
      const range = await rangeOf(session, bound, `${declared.table}, ${kind}`);
      if (!range.ok) return range;
      ranges[kind] = range.value;
    }
    evaluated.push({ table: declared.table, ranges });
  }
  return ok(evaluated);
}

async function rangeOf(session: Session, bound: Bound, what: string): Promise<Result<RowRange>> {
  if (typeof bound === 'number') return ok({ min: bound, max: bound });
  if (!('query' in bound)) return ok({ min: bound.min ?? 0, ...(bound.max === undefined ? {} : { max: bound.max }) });
  const { query } = bound;
  try {
    await session.execute('begin read only');
    const rows = await session.query<Record<string, unknown>>(query);
    const values = Object.values(rows[0] ?? {});
    const count = Number(values[0]);
    if (rows.length === 1 && values.length === 1 && values[0] !== null && Number.isSafeInteger(count) && count >= 0)
      return ok({ min: count, max: count, query });
    return fail(failure('check-failed', `the bound of ${what}: its query must give one row with one whole number: ${query}`, { object: what }));
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return fail(failure('check-failed', `the bound of ${what}: ${error.fields.message}`, { object: what, sql: error.fields }));
  } finally {
    await session.execute('rollback');
  }
}
