import type { Bound, RowBounds } from '../../config/schema.ts';
import { failure, SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';

export const boundKinds = ['inserted', 'updated', 'deleted', 'rows'] as const;
export type BoundKind = (typeof boundKinds)[number];

/** How many rows are allowed, both ends included. */
export interface RowRange {
  readonly min: number;
  /** Absent: without limit. */
  readonly max?: number;
  /** The query that gave the number, where one did. */
  readonly query?: string;
  /** The share that the numbers were worked out from, where they were. */
  readonly share?: string;
}

/** Shares of the rows that the table had before migrating, in percent: numbers once it is known which table that is. */
export interface ShareRange {
  readonly minPercent: number;
  /** Absent: without limit. */
  readonly maxPercent?: number;
}

/** A table's bounds as numbers. */
export interface EvaluatedBound {
  /** As configured: the table's name after migrating, or the one before. */
  readonly table: string;
  /** As configured: for what this migration does, a revision or a file; absent: for all of them together. */
  readonly migration?: string;
  /** For what this statement of the migration does, from 1. */
  readonly statement?: number;
  /** The run ends where it is broken. */
  readonly stop?: true;
  readonly ranges: Readonly<Partial<Record<BoundKind, RowRange | ShareRange>>>;
}

/** A bound's numbers. Undefined: it is a share of a table that wasn't there before. */
export function rangeOfRows(range: RowRange | ShareRange, rowsBefore: number | undefined): RowRange | undefined {
  if ('min' in range) return range;
  if (rowsBefore === undefined) return undefined;
  const { minPercent, maxPercent } = range;
  return {
    min: Math.ceil((rowsBefore * minPercent) / 100),
    ...(maxPercent === undefined ? {} : { max: Math.floor((rowsBefore * maxPercent) / 100) }),
    share: `${maxPercent === undefined ? `at least ${minPercent}` : `${minPercent} to ${maxPercent}`} % of ${rowsBefore.toLocaleString('en-US')} rows`,
  };
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
    const ranges: Partial<Record<BoundKind, RowRange | ShareRange>> = {};
    for (const kind of boundKinds) {
      const bound = declared[kind];
      if (bound === undefined) continue;
      const range = await rangeOf(session, bound, `${declared.table}, ${kind}`);
      if (!range.ok) return range;
      ranges[kind] = range.value;
    }
    const { table, migration, statement, stop = migration !== undefined } = declared;
    evaluated.push({ table, ...withoutUndefined({ migration, statement }), ...(stop ? { stop } : {}), ranges });
  }
  return ok(evaluated);
}

async function rangeOf(session: Session, bound: Bound, what: string): Promise<Result<RowRange | ShareRange>> {
  if (typeof bound === 'number') return ok({ min: bound, max: bound });
  if ('minPercent' in bound || 'maxPercent' in bound) {
    return ok({ minPercent: bound.minPercent ?? 0, ...(bound.maxPercent === undefined ? {} : { maxPercent: bound.maxPercent }) });
  }
  if (!('query' in bound)) {
    const { min = 0, max } = bound as { readonly min?: number | undefined; readonly max?: number | undefined };
    return ok({ min, ...(max === undefined ? {} : { max }) });
  }
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
