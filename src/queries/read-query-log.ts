import { open } from 'node:fs/promises';
import { failure } from '../core/failure.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { splitStatements } from '../sql/split-statements.ts';
import type { FoundQueries } from './found-queries.ts';
import { type LogEntry, logEntries } from './log-entries.ts';
import { queryOf, statementKind } from './preparable.ts';
import { queryId } from './query-shape.ts';
import { withoutValues } from './without-values.ts';

/** More kinds of queries than any application has: what looks like one is a text made of values that can't be told apart. */
const mostQueries = 20_000;
/** A rate of a shorter log says little. */
const shortestMs = 60_000;
const hourMs = 3_600_000;

interface Counted {
  readonly text: string;
  calls: number;
  readonly roles: Map<string, number>;
}

/**
 * Reads the queries that a log of Postgres tells of, and how often each ran in an hour. Of queries that differ only in values the first one stands for all,
 * without its values. Reads
 * the file once, in pieces. Fails with `queries-unreadable`, also where it tells of no statement at all.
 *
 * @param shown the file as it is told
 * @param database production's own: statements in others are left out, where the log says where they ran
 */
export async function readQueryLog(path: string, shown: string, database: string | undefined): Promise<Result<FoundQueries>> {
  const found = new Map<string, Counted>();
  const others: Record<string, number> = {};
  let [entries, elsewhere, tooMany] = [0, 0, 0];
  let [firstMs, lastMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const take = (entry: LogEntry) => {
    entries++;
    if (entry.atMs !== undefined) [firstMs, lastMs] = [Math.min(firstMs, entry.atMs), Math.max(lastMs, entry.atMs)];
    if (database !== undefined && entry.database !== undefined && entry.database !== database) {
      elsewhere++;
      return;
    }
    for (const { text, unterminated } of splitStatements(entry.statement)) {
      const written = unterminated === undefined ? queryOf(text) : undefined;
      if (written === undefined) {
        const kind = unterminated === undefined ? statementKind(text) : 'cut off';
        others[kind] = (others[kind] ?? 0) + 1;
        continue;
      }
      const query = withoutValues(written);
      const id = queryId(query);
      const known = found.get(id) ?? { text: query, calls: 0, roles: new Map<string, number>() };
      if (!found.has(id) && found.size >= mostQueries) tooMany++;
      else {
        found.set(id, known);
        known.calls++;
        if (entry.user !== undefined) known.roles.set(entry.user, (known.roles.get(entry.user) ?? 0) + 1);
      }
    }
  };
  try {
    const file = await open(path);
    try {
      for await (const entry of logEntries(file.readLines())) take(entry);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return fail(failure('queries-unreadable', `The log ${path} can’t be read: ${error.message}`, { place: { file: path } }));
  }
  if (entries === 0) return fail(failure('queries-unreadable', `The log ${path} tells of no statement.`, { place: { file: path } }));
  const hours = lastMs - firstMs >= shortestMs ? (lastMs - firstMs) / hourMs : undefined;
  return ok({
    queries: [...found.values()].map(({ text, calls, roles }) => ({
      text,
      from: shown,
      ...(hours === undefined ? {} : { callsPerHour: calls / hours }),
      roles: [...roles].sort(([, a], [, b]) => b - a).map(([name]) => name),
    })),
    others,
    leftOut: [
      ...(elsewhere === 0 ? [] : [`${elsewhere} entries of ${shown} that ran in other databases`]),
      ...(tooMany === 0 ? [] : [`${tooMany} entries of ${shown} beyond the first ${mostQueries} different queries`]),
    ],
  });
}
