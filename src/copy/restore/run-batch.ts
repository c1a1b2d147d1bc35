import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { executeRetrying } from './execute-retrying.ts';

/** How many statements are sent at once: enough that round trips don't count, few enough for a server's table of locks. */
export const batchSize = 100;

/**
 * Sends statements as one implicit transaction. When one of them fails, nothing of the batch was done, and they are sent again one by one:
 * so each error is heard with its own statement, and the others count. What `heard` throws ends the batch.
 *
 * @example await runBatch(session, statements, (statement) => statement, (statement, error) => restore.judge(statement, error));
 */
export async function runBatch<T>(
  session: Session,
  items: readonly T[],
  textOf: (item: T) => string,
  heard: (item: T, error: SqlError) => void | Promise<void>,
): Promise<void> {
  if (items.length > 1) {
    try {
      await executeRetrying(session, items.map(textOf).join(';\n'));
      return;
    } catch (error) {
      // A connection that is gone or a cancelled statement would only fail again.
      if (!(error instanceof SqlError) || /^(08|57)/.test(error.fields.sqlstate)) throw error;
    }
  }
  for (const item of items) {
    try {
      await executeRetrying(session, textOf(item));
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      await heard(item, error);
    }
  }
}

/** Cuts a list into batches. */
export function inBatches<T>(items: readonly T[], size = batchSize): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, place) => items.slice(place * size, (place + 1) * size));
}
