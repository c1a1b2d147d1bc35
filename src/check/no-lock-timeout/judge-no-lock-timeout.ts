import { nameSome } from '../../core/name-some.ts';
import type { RecordedStatement } from '../../core/recording.ts';
import type { Hold } from '../recording/holds.ts';
import { showMode } from '../recording/lock-words.ts';
import type { RecordedRun } from '../recording/recorded-run.ts';
import type { RecordingCheck, Sighting } from '../recording/recording-check.ts';
import { showStatement } from '../recording/show-statement.ts';
import { wordsOf } from '../recording/statement-about.ts';
import { showCount } from '../show-count.ts';
import { showDuration } from '../show-duration.ts';
import { noLockTimeout } from './about.ts';

export const noLockTimeoutCheck: RecordingCheck = { about: noLockTimeout, rootCause: 'lock', judge: judgeTimeouts };

/** Strong locks that a statement would have waited for without end, once for each migration: the size of the table doesn't matter in a queue. */
function judgeTimeouts(run: RecordedRun): readonly Sighting[] {
  // Later statements that need the same lock again have it already. With CONCURRENTLY a statement waits before it asks for a strong lock, in nobody's way.
  const holds = run.holds.filter(({ statement }) => !wordsOf(statement).has('concurrently'));
  const waiting = [...Map.groupBy(holds, ({ statement }) => statement).entries()];
  const endless = waiting.filter(([statement]) => mayWait(run, statement) === 'yes');
  const unknown = waiting.filter(([statement]) => mayWait(run, statement) === 'unknown');
  return [...told(run, endless, 'full'), ...told(run, unknown, 'least')];
}

/** A statement_timeout bounds the waiting as well. */
function mayWait(run: RecordedRun, { lockTimeoutMs, statementTimeoutMs }: RecordedStatement): 'yes' | 'no' | 'unknown' {
  const bounds = (timeout: number | undefined) => timeout !== undefined && timeout > 0 && timeout <= run.settings.limits.lockTimeoutMs;
  if (bounds(lockTimeoutMs) || bounds(statementTimeoutMs)) return 'no';
  return lockTimeoutMs === undefined ? 'unknown' : 'yes';
}

function told(run: RecordedRun, found: readonly (readonly [RecordedStatement, readonly Hold[]])[], weight: Sighting['weight']): readonly Sighting[] {
  return [...Map.groupBy(found, ([statement]) => statement.migration ?? '').entries()].flatMap(([migration, statements]): readonly Sighting[] => {
    const [first] = statements;
    const hold = first?.[1][0];
    if (first === undefined || hold === undefined) return [];
    const [statement] = first;
    const tables = [...new Set(statements.flatMap(([, holds]) => holds.map(({ table }) => run.nameOf(run.rootOf(table)))))];
    const longest = Math.max(0, ...statements.map(([one]) => one.lockTimeoutMs ?? 0));
    const timeout =
      weight === 'least' ? 'a lock_timeout that could not be seen' : longest === 0 ? 'no lock_timeout' : `a lock_timeout of ${showDuration(longest)}`;
    return [
      {
        weight,
        object: migration === '' ? { kind: 'table', name: run.nameOf(run.rootOf(hold.table)) } : { kind: 'migration', name: migration },
        ...(weight === 'least' ? { property: 'unseen' } : {}),
        title: `${showCount(statements.length, 'statement')} took strong locks with ${timeout}: on ${nameSome(tables, 3)}`,
        detail: `The first is ${showStatement(statement)}, which takes ${showMode(hold.mode)} on ${run.nameOf(hold.table)}.`,
        statement,
        safeWay: {
          statements: [`set lock_timeout = '2s'`],
          notes: [
            'At the beginning of the migration; the migration is tried again when it fails with SQLSTATE 55P03, after a pause in which others get their turn.',
          ],
        },
      },
    ];
  });
}
