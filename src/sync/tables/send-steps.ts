import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import type { TableTask } from './table-task.ts';

/** One statement of a transaction, and the table for whose sake it is sent. */
export interface Step {
  readonly task: TableTask;
  readonly sql: string;
}

/** What went wrong with one table of a transaction. */
export class TableError extends Error {
  readonly task: TableTask;
  override readonly cause: unknown;
  constructor(task: TableTask, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause));
    this.name = 'TableError';
    this.task = task;
    this.cause = cause;
  }
}

/** Sends statements in one round trip. Throws TableError, of the table whose statement failed; none is sent after it. */
export async function sendSteps(session: Session, steps: readonly Step[]): Promise<void> {
  const [first] = steps;
  if (first === undefined) return;
  try {
    // On a line of its own: the last line of a statement may be a comment.
    await session.execute(steps.map(({ sql }) => sql).join('\n;\n'));
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    throw new TableError((steps[error.place] ?? first).task, error);
  }
}
