import type { Cost, DurationBucket, MigrationCost, RecordingCost, Seen, StatementCost } from '../../core/cost.ts';
import type { RecordedRelation, RecordedStatement, Recording } from '../../core/recording.ts';

/** Ends of the histogram's buckets, in milliseconds: always the same ones, so that two runs can be compared. */
export const bucketEndsMs = [10, 100, 1_000, 5_000, 15_000, 60_000, 300_000] as const;

/** Adds up what the recorded statements cost, for each migration and together. Pure. */
export function costOfRecording({ statements, relations }: Pick<Recording, 'statements' | 'relations'>): RecordingCost {
  const growth = growthIn(statements, relations);
  const sizes = growth.by(({ id }) => id);
  const sizesOfMigrations = growth.by(({ migration = '' }) => migration);
  const costs = new Map(statements.map((statement) => [statement, costOfStatement(statement, sizes.get(statement.id) ?? nothing)]));
  const of = (own: readonly RecordedStatement[]) => own.flatMap((statement) => costs.get(statement) ?? []);
  const groups = [...Map.groupBy(statements, ({ migration }) => migration ?? '')];
  return {
    ...together(statements, of(statements)),
    migrations: groups.map(
      ([migration, own]): MigrationCost => ({
        ...(migration === '' ? {} : { migration }),
        ...together(own, of(own)),
        size: sizesOfMigrations.get(migration) ?? nothing,
        statements: of(own),
      }),
    ),
    histogram: histogramOf(of(statements).map(({ durationMs }) => durationMs)),
    size: growth.of(relations),
  };
}

const nothing: Seen = { value: 0, complete: true };

function costOfStatement(statement: RecordedStatement, size: Seen): StatementCost {
  const { id, startedMs, endedMs, waitedMs, rows, wal, tempBytes, rewrites = [], unobserved } = statement;
  const lacks = (...what: readonly string[]) => unobserved.some((one) => what.includes(one.what));
  const durationMs = endedMs - startedMs;
  const rewritten = sumOf(rewrites, ({ bytesBefore, bytesAfter }) =>
    bytesBefore === undefined || bytesAfter === undefined ? undefined : bytesAfter - bytesBefore,
  );
  return {
    statement: id,
    size,
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

/** By how much relations grew, and whose doing it was. */
function growthIn(statements: readonly RecordedStatement[], relations: readonly RecordedRelation[]) {
  const dropped = new Set(statements.flatMap((statement) => statement.dropped ?? []).flatMap(({ relation }) => relation ?? []));
  const writers = writersOf(statements);
  const of = (some: readonly RecordedRelation[]) =>
    sumOf(
      some.filter(({ kind }) => stored.has(kind)),
      ({ oid, existedBefore, bytesBefore, bytesAfter }) => {
        const before = existedBefore ? bytesBefore : 0;
        // What was made and isn't there any more takes no room.
        const after = bytesAfter ?? (dropped.has(oid) || !existedBefore ? 0 : undefined);
        return before === undefined || after === undefined ? undefined : after - before;
      },
    );
  /** Where several had a hand in one relation, nobody knows whose growth it is: then it is no one's, and theirs is incomplete. */
  const by = <K>(key: (statement: RecordedStatement) => K): ReadonlyMap<K, Seen> => {
    const found = new Map<K, { readonly alone: RecordedRelation[]; shared: boolean }>();
    for (const relation of relations) {
      // An index that nobody made or made anew is written with its table.
      const hands = writers.get(relation.oid) ?? writers.get(relation.table ?? relation.oid) ?? [];
      const keys = new Set(hands.map(key));
      for (const one of keys) {
        const known = found.get(one) ?? { alone: [], shared: false };
        found.set(one, known);
        if (keys.size === 1) known.alone.push(relation);
        else known.shared = true;
      }
    }
    return new Map(
      [...found].map(([one, { alone, shared }]) => {
        const { value, complete } = of(alone);
        return [one, { value, complete: complete && !shared }];
      }),
    );
  };
  return { of, by };
}

/** The statements that may have made each relation larger or smaller. */
function writersOf(statements: readonly RecordedStatement[]): ReadonlyMap<number, readonly RecordedStatement[]> {
  const writers = new Map<number, RecordedStatement[]>();
  for (const statement of statements) {
    const { written = [], rewrites = [], created = [], dropped = [] } = statement;
    for (const relation of new Set([...written, ...rewrites, ...created, ...dropped].flatMap((one) => one.relation ?? []))) {
      const known = writers.get(relation) ?? [];
      writers.set(relation, known);
      known.push(statement);
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
