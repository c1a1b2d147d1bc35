import type { RecordedStatement, Recording } from '../../core/recording.ts';

/** A sum of what was seen. `complete` is false where something that belongs to it couldn't be read: then it is at least this much. */
export interface Seen {
  readonly value: number;
  readonly complete: boolean;
}

/** What something cost. Times are milliseconds, sizes bytes. */
export interface Cost {
  /** From the beginning of the first to the end of the last statement. */
  readonly durationMs: number;
  /** The statements' own time, without what they waited for locks of others. */
  readonly workMs: number;
  readonly waitedMs: Seen;
  /** Rows that the server reported as inserted, updated, deleted or returned. */
  readonly rows: number;
  readonly wal: Seen;
  readonly temp: Seen;
  /** By how much tables and indexes grew by being written anew; negative where they shrank. */
  readonly rewritten: Seen;
}

export interface StatementCost extends Cost {
  readonly statement: RecordedStatement;
}

export interface MigrationCost extends Cost {
  /** Absent: the migrations couldn't be told apart, or these statements are the tool's own. */
  readonly migration?: string;
  readonly statements: readonly StatementCost[];
}

/** How many statements took at least `fromMs` and less than `toMs`; the last one has no end. */
export interface DurationBucket {
  readonly fromMs: number;
  readonly toMs?: number;
  readonly statements: number;
}

export interface RecordingCost extends Cost {
  /** In the order in which they began. */
  readonly migrations: readonly MigrationCost[];
  readonly histogram: readonly DurationBucket[];
  /** How much larger the database's relations are, those that statements touched, made or dropped; where that was read of each. */
  readonly size: Seen;
}

/** Ends of the histogram's buckets, in milliseconds: always the same ones, so that two runs can be compared. */
export const bucketEndsMs = [10, 100, 1_000, 5_000, 15_000, 60_000, 300_000] as const;

/** Adds up what the recorded statements cost, for each migration and together. Pure. */
export function costOfRecording(recording: Pick<Recording, 'statements' | 'relations'>): RecordingCost {
  const statements = recording.statements.map(costOfStatement);
  const groups = [...Map.groupBy(statements, ({ statement }) => statement.migration ?? '')];
  return {
    ...together(statements),
    migrations: groups.map(([migration, own]) => ({ ...(migration === '' ? {} : { migration }), ...together(own), statements: own })),
    histogram: histogramOf(statements.map(({ durationMs }) => durationMs)),
    size: sumOf(
      recording.relations.filter(({ kind }) => kind !== 'index' && kind !== 'partitioned index'),
      (relation) => {
        const before = relation.existedBefore ? relation.bytesBefore : 0;
        return before === undefined || relation.bytesAfter === undefined ? undefined : relation.bytesAfter - before;
      },
    ),
  };
}

function costOfStatement(statement: RecordedStatement): StatementCost {
  const { startedMs, endedMs, waitedMs, rows, wal, tempBytes, rewrites = [], unobserved } = statement;
  const lacks = (...what: readonly string[]) => unobserved.some((one) => what.includes(one.what));
  const durationMs = endedMs - startedMs;
  const rewritten = sumOf(rewrites, ({ bytesBefore, bytesAfter }) =>
    bytesBefore === undefined || bytesAfter === undefined ? undefined : bytesAfter - bytesBefore,
  );
  return {
    statement,
    durationMs,
    workMs: Math.max(0, durationMs - (waitedMs ?? 0)),
    waitedMs: { value: waitedMs ?? 0, complete: waitedMs !== undefined },
    rows: rows ?? 0,
    // Of the whole server: where others wrote too, it is more than the statement's own.
    wal: { value: wal?.bytes ?? 0, complete: wal !== undefined },
    temp: { value: tempBytes ?? 0, complete: tempBytes !== undefined },
    rewritten: { value: rewritten.value, complete: rewritten.complete && !lacks('rewrites', 'sizes') },
  };
}

function together(costs: readonly StatementCost[]): Cost {
  const first = Math.min(...costs.map(({ statement }) => statement.startedMs));
  const last = Math.max(...costs.map(({ statement }) => statement.endedMs));
  const sum = (key: 'waitedMs' | 'wal' | 'temp' | 'rewritten'): Seen => ({
    value: costs.reduce((total, cost) => total + cost[key].value, 0),
    complete: costs.every((cost) => cost[key].complete),
  });
  return {
    durationMs: costs.length === 0 ? 0 : last - first,
    workMs: costs.reduce((total, { workMs }) => total + workMs, 0),
    waitedMs: sum('waitedMs'),
    rows: costs.reduce((total, { rows }) => total + rows, 0),
    wal: sum('wal'),
    temp: sum('temp'),
    rewritten: sum('rewritten'),
  };
}

function sumOf<T>(all: readonly T[], value: (one: T) => number | undefined): Seen {
  const values = all.map(value);
  return { value: values.reduce<number>((total, one) => total + (one ?? 0), 0), complete: values.every((one) => one !== undefined) };
}

function histogramOf(durations: readonly number[]): readonly DurationBucket[] {
  const starts = [0, ...bucketEndsMs];
  return starts.map((fromMs, at) => {
    const toMs = bucketEndsMs[at];
    const statements = durations.filter((duration) => duration >= fromMs && (toMs === undefined || duration < toMs)).length;
    return { fromMs, ...(toMs === undefined ? {} : { toMs }), statements };
  });
}
