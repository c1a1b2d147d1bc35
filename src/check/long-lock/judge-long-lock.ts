import type { RecordedStatement } from '../../core/recording.ts';
import { builtIndexes } from '../blocking-index/judge-blocking-index.ts';
import { type Hold, stronger } from '../recording/holds.ts';
import { lockSentence } from '../recording/lock-weight.ts';
import { showMode } from '../recording/lock-words.ts';
import type { RecordedRun } from '../recording/recorded-run.ts';
import type { RecordingCheck, Sighting } from '../recording/recording-check.ts';
import { showStatement } from '../recording/show-statement.ts';
import { splitWay } from '../recording/split-way.ts';
import { showCount } from '../show-count.ts';
import { showDuration } from '../show-duration.ts';
import { longLock } from './about.ts';
import { prolongedBy } from './prolonged-by.ts';

export const longLockCheck: RecordingCheck = { about: longLock, rootCause: 'lock', judge: judgeLongLocks };

/** Locks that were held long, once for each transaction: what prolonged one lock prolonged those before it too. */
function judgeLongLocks(run: RecordedRun): readonly Sighting[] {
  const { briefLockMs, longLockMs } = run.settings.limits;
  const transactions = Map.groupBy(run.holds, ({ transaction }) => transaction);
  return [...transactions.values()].flatMap((holds): readonly Sighting[] => {
    const long = holds.filter((hold) => hold.heldMs >= briefLockMs && !isToldElsewhere(run, hold));
    // A sequence or view that was locked first is not what a person would name.
    const isTable = ({ table }: Hold) => Number(run.tableBefore(table) !== undefined);
    const [worst] = long.toSorted((a, b) => isTable(b) - isTable(a) || b.heldMs - a.heldMs || stronger(a.mode, b.mode));
    if (worst === undefined) return [];
    const others = [...new Set(long.map(({ table }) => run.rootOf(table)))].filter((root) => root !== run.rootOf(worst.table)).map((root) => run.nameOf(root));
    const by = prolongedBy(run, worst);
    const name = run.nameOf(run.rootOf(worst.table));
    const and = others.length === 0 ? '' : ` and ${others.length === 1 ? others[0] : showCount(others.length, 'more table')}`;
    return [
      {
        weight: worst.heldMs >= longLockMs ? 'full' : 'less',
        object: { kind: 'table', name },
        title: `${name}${and} ${others.length === 0 ? 'was' : 'were'} locked (${showMode(worst.mode)}) for ${showDuration(worst.heldMs)}${by === undefined ? '' : `, because of ${by.short}`}`,
        detail: [
          `${showStatement(worst.statement)}. ${lockSentence(run, worst)}`,
          waited(worst.statement),
          ...(by === undefined ? [] : [by.long]),
          ...(others.length > 1 ? [`Locked as well: ${others.join(', ')}.`] : []),
        ]
          .filter((sentence) => sentence !== '')
          .join(' '),
        statement: worst.statement,
        ...(by?.statement === undefined ? {} : { safeWay: splitWay(worst.statement, by.statement) }),
      },
    ];
  });
}

function waited({ waitedMs }: RecordedStatement): string {
  return waitedMs === undefined || waitedMs < 1 ? '' : `Before, it waited for ${showDuration(waitedMs)}, and whoever came after it waited behind it.`;
}

/** A statement that wrote, read or indexed the table itself is told of by the check for that, unless what came later prolonged its lock. */
function isToldElsewhere(run: RecordedRun, { statement, table, toMs }: Hold): boolean {
  const tables = (relations: readonly { readonly relation: number }[] | undefined) => (relations ?? []).map(({ relation }) => run.tableOf(relation));
  const worked =
    tables(statement.rewrites).includes(table) ||
    tables(statement.scans).includes(table) ||
    builtIndexes(run).some((built) => built.statement === statement && run.rootOf(built.index.table) === run.rootOf(table));
  return worked && toMs - statement.endedMs < run.settings.limits.briefLockMs;
}
