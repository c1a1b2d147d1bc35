import type { RecordedRun } from '../recording/recorded-run.ts';
import type { RecordingCheck, Sighting } from '../recording/recording-check.ts';
import { showStatement } from '../recording/show-statement.ts';
import { showBytes } from '../show-bytes.ts';
import { showCount } from '../show-count.ts';
import { showDuration } from '../show-duration.ts';
import { longTransaction } from './about.ts';

export const longTransactionCheck: RecordingCheck = { about: longTransaction, rootCause: 'lock', judge: judgeTransactions };

/** Transactions beyond the limit. A single slow statement is one too, unless it runs concurrently: that one has several transactions of its own. */
function judgeTransactions(run: RecordedRun): readonly Sighting[] {
  const { transactionMs } = run.settings.limits;
  return run.recording.transactions.flatMap((transaction): readonly Sighting[] => {
    const lastedMs = transaction.endMs - transaction.beginMs;
    const statements = run.recording.statements.filter((one) => one.transaction === transaction.id);
    const [slowest] = statements.toSorted((a, b) => b.endedMs - b.startedMs - (a.endedMs - a.startedMs));
    if (lastedMs < transactionMs || slowest === undefined || (!transaction.block && /\bconcurrently\b/i.test(slowest.text))) return [];
    const wal = transaction.walBytes === undefined ? '' : ` It wrote ${showBytes(transaction.walBytes)} of WAL.`;
    return [
      {
        weight: 'full',
        object: slowest.migration === undefined ? { kind: 'transaction', name: String(transaction.id) } : { kind: 'migration', name: slowest.migration },
        title: `A transaction of ${showCount(statements.length, 'statement')} lasted ${showDuration(lastedMs)}`,
        detail: `Its slowest statement, ${showDuration(slowest.endedMs - slowest.startedMs)}: ${showStatement(slowest)}.${wal}`,
        statement: slowest,
      },
    ];
  });
}
