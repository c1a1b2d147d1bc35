import { builtIndexes } from '../blocking-index/judge-blocking-index.ts';
import { lockSentence, lockWeight } from '../recording/lock-weight.ts';
import type { RecordedRun } from '../recording/recorded-run.ts';
import type { RecordingCheck, Sighting } from '../recording/recording-check.ts';
import { showStatement } from '../recording/show-statement.ts';
import { splitWay } from '../recording/split-way.ts';
import { showCount } from '../show-count.ts';
import { showDuration } from '../show-duration.ts';
import { validationsOf } from '../validated-under-lock/validations.ts';
import { scanUnderLock } from './about.ts';
import { lockedScans } from './locked-scans.ts';

export const scanUnderLockCheck: RecordingCheck = { about: scanUnderLock, rootCause: 'lock', judge: judgeScans };

/** Whole tables that were read under a strong lock, for no reason that another check tells of. */
function judgeScans(run: RecordedRun): readonly Sighting[] {
  const built = builtIndexes(run);
  return lockedScans(run)
    .filter(({ statement, root }) => validationsOf(run, statement, root).length === 0)
    .filter(({ statement, root }) => !built.some((one) => one.statement === statement && run.rootOf(one.index.table) === root))
    .flatMap(({ statement, root, tables, parts, hold }): readonly Sighting[] => {
      const weight = lockWeight(run, hold, tables);
      if (weight === undefined) return [];
      const name = run.nameOf(root);
      const rows = parts.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
      const earlier = hold.statement === statement ? '' : ` The lock is that of ${showStatement(hold.statement)}, earlier in the same transaction.`;
      return [
        {
          weight,
          object: { kind: 'table', name },
          property: (statement.tag ?? 'statement').toLowerCase(),
          title: `${name} was read as a whole (${showCount(rows, 'row')} at least) under a lock of ${showDuration(hold.heldMs)}`,
          detail: `${showStatement(statement)}. ${lockSentence(run, hold, tables)}${earlier}`,
          statement,
          ...(hold.statement === statement ? {} : { safeWay: splitWay(hold.statement, statement) }),
        },
      ];
    });
}
