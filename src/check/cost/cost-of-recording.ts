import type { Cost, DurationBucket, MigrationCost, RecordingCost, Seen, StatementCost } from '../../core/cost.ts';
import type { RecordedRelation, RecordedStatement, Recording } from '../../core/recording.ts';

/** Ends of the histogram's buckets, in milliseconds: always the same ones, so that two runs can be compared. */
export const bucketEndsMs = [10, 100, 1_000, 5_000, 15_000, 60_000, 300_000] as const;

/** Adds up what the recorded statements cost, for each migration and together. Pure. */
export function costOfRecording({ statements, relations }: Pick<Recording, 'statements' | 'relations'>): RecordingCost {
  const costs = new Map(statements.map((statement) => [statement, costOfStatement(statement)]));
  const of = (own: readonly RecordedStatement[]) => own.flatMap((statement) => costs.get(statement) ?? []);
  const writers = writersOf(statements);
  // An index that nobody made or made anew is written with its table.
  const touched = new Map(relations.map((one) => [one, writers.get(one.oid) ?? writers.get(one.table ?? one.oid)]));
  const dropped = new Set(statements.flatMap((statement) => statement.dropped ?? []).flatMap(({ relation }) => relation ?? []));
  const groups = [...Map.groupBy(statements, ({ migration }) => migration ?? '')];
  return {
    ...together(statements, of(statements)),
    migrations: groups.map(([migration, own]): MigrationCost => {
      const mine = relations.filter((relation) => touched.get(relation)?.has(migration) === true);
      const size = growthOf(
        mine.filter((relation) => touched.get(relation)?.size === 1),
        dropped,
      );
      const shared = mine.some((relation) => (touched.get(relation)?.size ?? 0) > 1);
      return {
        ...(migration === '' ? {} : { migration }),
        ...together(own, of(own)),
        size: { ...size, complete: size.complete && !shared },
        statements: of(own),
      };
    }),
    histogram: histogramOf(of(statements).map(({ durationMs }) => durationMs)),
    size: growthOf(relations, dropped),
  };
}

function costOfStatement(statement: RecordedStatement): StatementCost {
  const { id, startedMs, endedMs, waitedMs, rows, wal, tempBytes, rewrites = [], unobserved } = statement;
  const lacks = (...what: readonly string[]) => unobserved.some((one) => what.includes(one.what));
  const durationMs = endedMs - startedMs;
  const rewritten = sumOf(rewrites, ({ bytesBefore, bytesAfter }) =>
    bytesBefore === undefined || bytesAfter === undefined ? undefined : bytesAfter - bytesBefore,
  );
  return {
    statement: id,
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

function together(statements: readonly RecordedStatement[], costs: readonly StatementCost[]): Cost {
  const first = statements.reduce((least, { startedMs }) => Math.min(least, startedMs), Number.POSITIVE_INFINITY);
  const last = statements.reduce((most, { endedMs }) => Math.max(most, endedMs), 0);
  const sum = (key: 'waitedMs' | 'wal' | 'temp' | 'rewritten'): Seen => ({
    value: costs.reduce((total, cost) => total + cost[key].value, 0),
    complete: costs.every((cost) => cost[key].complete),
  });
  return {
    durationMs: statements.length === 0 ? 0 : last - first,
    workMs: costs.reduce((total, { workMs }) => total + workMs, 0),
    waitedMs: sum('waitedMs'),
    rows: costs.reduce((total, { rows }) => total + rows, 0),
    wal: sum('wal'),
    temp: sum('temp'),
    rewritten: sum('rewritten'),
  };
}

/** Kinds that have a file of their own; a table's size holds its TOAST. */
const stored: ReadonlySet<RecordedRelation['kind']> = new Set(['table', 'index', 'materialized view', 'sequence']);

function growthOf(relations: readonly RecordedRelation[], dropped: ReadonlySet<number>): Seen {
  return sumOf(
    relations.filter(({ kind }) => stored.has(kind)),
    ({ oid, existedBefore, bytesBefore, bytesAfter }) => {
      const before = existedBefore ? bytesBefore : 0;
      // What was made and isn't there any more takes no room.
      const after = bytesAfter ?? (dropped.has(oid) || !existedBefore ? 0 : undefined);
      return before === undefined || after === undefined ? undefined : after - before;
    },
  );
}

/** The migrations whose statements may have made each relation larger or smaller. */
function writersOf(statements: readonly RecordedStatement[]): ReadonlyMap<number, ReadonlySet<string>> {
  const writers = new Map<number, Set<string>>();
  for (const { migration = '', written = [], rewrites = [], created = [], dropped = [] } of statements) {
    for (const { relation } of [...written, ...rewrites, ...created, ...dropped]) {
      if (relation !== undefined) writers.set(relation, (writers.get(relation) ?? new Set()).add(migration));
    }
  }
  return writers;
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
