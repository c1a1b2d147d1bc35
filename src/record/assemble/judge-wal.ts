import type { OthersLook } from '../others-watch.ts';
import type { StatementDraft, TimeSpan } from './drafts.ts';

export interface OthersSeen {
  readonly looks: readonly OthersLook[];
  /** Processes of the migration's own sessions. */
  readonly own: ReadonlySet<number>;
}

/** Says of each statement's WAL whether anybody else could have written of it: a session that isn't the migration's, or another one that is. */
export function judgeWal(statements: readonly StatementDraft[], { looks, own }: OthersSeen, zero: number): void {
  const disturbed = looks
    .filter(({ pids }) => pids === undefined || pids.some((pid) => !own.has(pid)))
    .map(({ from, to }): TimeSpan => ({ fromMs: from - zero, toMs: to - zero }));
  const seenUntilMs = (looks.at(-1)?.askedAt ?? Number.NEGATIVE_INFINITY) - zero;
  const ofConnections = [...Map.groupBy(statements, ({ connection }) => connection)].map(([connection, theirs]) => ({
    connection,
    spans: theirs.map(({ startedMs, endedMs }): TimeSpan => ({ fromMs: startedMs, toMs: endedMs })),
  }));
  for (const statement of statements) {
    const { wal, walSpan } = statement;
    if (wal === undefined || walSpan === undefined) continue;
    const unseen = walSpan.toMs > seenUntilMs || meets(disturbed, walSpan);
    const others = ofConnections.filter(({ connection }) => connection !== statement.connection);
    if (unseen || others.some(({ spans }) => meets(spans, walSpan))) statement.wal = { ...wal, alone: false };
  }
}

/** Whether any of some spans, which follow each other, has a part of this one. */
function meets(following: readonly TimeSpan[], { fromMs, toMs }: TimeSpan): boolean {
  let [low, high] = [0, following.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((following[middle] as TimeSpan).toMs < fromMs) low = middle + 1;
    else high = middle;
  }
  const first = following[low];
  return first !== undefined && first.fromMs <= toMs;
}
