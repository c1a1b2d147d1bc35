import type { RecordedRun } from '../recording/recorded-run.ts';
import type { RecordingCheck, Sighting } from '../recording/recording-check.ts';
import { showStatement } from '../recording/show-statement.ts';
import { wordsOf } from '../recording/statement-about.ts';
import { concurrentlyInTransaction } from './about.ts';

export const concurrentlyInTransactionCheck: RecordingCheck = { about: concurrentlyInTransaction, rootCause: 'sql-error', judge: judgeRefused };

/** Statements that the server refused for that reason. */
function judgeRefused(run: RecordedRun): readonly Sighting[] {
  return run.recording.statements.flatMap((statement): readonly Sighting[] => {
    const { error } = statement;
    if (error?.sqlstate !== '25001' || !wordsOf(statement).has('concurrently')) return [];
    const alone = run.transaction(statement.transaction)?.block === false;
    return [
      {
        weight: 'full',
        object: statement.migration === undefined ? { kind: 'statement', name: String(statement.id) } : { kind: 'migration', name: statement.migration },
        title: `CONCURRENTLY was refused inside of a ${alone ? 'text of several statements, which is one transaction' : 'transaction'}`,
        detail: `${showStatement(statement)}: ${error.message}.`,
        statement,
        sql: error,
        safeWay: {
          statements: [statement.text.trim().replace(/;+$/, '')],
          notes: [
            'Alone, outside of a transaction: `-- +goose NO TRANSACTION`, `migrate.transaction: none` for sql-files, `autocommit_block()` in Alembic, `disable_ddl_transaction!` in Rails, a Prisma or Drizzle migration with only this statement.',
          ],
        },
      },
    ];
  });
}
