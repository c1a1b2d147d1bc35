import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { type Step, sendSteps, TableError } from './send-steps.ts';

/** A transaction as other sessions can ask for it. */
export interface TransactionMark {
  /** pg_current_xact_id(), as text. */
  readonly id: string;
  readonly backendPid: number;
  /** pg_postmaster_start_time(), as text: a server that has started since may have given the number again. */
  readonly serverSince: string;
}

export type CommitEnd = 'committed' | 'aborted' | 'unknown';

/** Nobody can say whether a transaction was committed. */
export class CommitUnknown extends Error {
  constructor(cause: SqlError) {
    super(cause.message, { cause });
    this.name = 'CommitUnknown';
  }
}

const markQuery = `
  select pg_catalog.pg_current_xact_id()::pg_catalog.text as "id", pg_catalog.pg_backend_pid() as "backendPid",
         pg_catalog.pg_postmaster_start_time()::pg_catalog.text as "serverSince"`;

/** SQLSTATEs after which a commit may have been carried out although nobody heard of it. */
const unanswered = /^(08|57)/;

/**
 * Sends the last statements of a transaction, which commit it. Where the answer is lost, staging is asked by another connection what became of it. Throws
 * TableError, also of CommitUnknown; none of the statements counts then, but of a CommitUnknown.
 *
 * @returns whether the session still lives
 */
export async function commitSteps(
  writer: Session,
  steps: readonly Step[],
  findCommit: (mark: TransactionMark) => Promise<CommitEnd>,
): Promise<{ readonly cutOff: boolean }> {
  const [mark] = await writer.query<TransactionMark>(markQuery);
  try {
    await sendSteps(writer, steps);
    return { cutOff: false };
  } catch (error) {
    if (mark === undefined || !(error instanceof TableError) || !(error.cause instanceof SqlError) || !unanswered.test(error.cause.fields.sqlstate))
      throw error;
    const end = await findCommit(mark);
    if (end === 'committed') return { cutOff: true };
    throw end === 'aborted' ? error : new TableError(error.task, new CommitUnknown(error.cause));
  }
}
