import type { Settings } from '../../config/schema.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { NamedQueries } from '../../queries/gather-queries.ts';
import { readQueryFiles } from '../../queries/read-query-files.ts';

/** The application's queries of the team's own folders and logs. */
export interface QueryFiles {
  /** Of the application that runs today. */
  readonly today: readonly NamedQueries[];
  /** Of the one that is about to be deployed. */
  readonly next: readonly NamedQueries[];
}

/**
 * Reads what is configured of the application's queries. Fails with `queries-unreadable`, which lists both where neither can be read.
 *
 * @param database production's own, so that entries of a log that ran elsewhere are left out
 */
export async function readTeamQueries(
  { compatibility }: Pick<Settings, 'compatibility'>,
  folder: string,
  database: string | undefined,
): Promise<Result<QueryFiles>> {
  const today = await readQueryFiles(compatibility.queries, folder, database);
  const next = await readQueryFiles(compatibility.newQueries ?? {}, folder, database);
  if (today.ok && next.ok) return ok({ today: today.value, next: next.value });
  const problems = [today, next].flatMap((one) => (one.ok ? [] : [one.failure]));
  const [first] = problems;
  if (first === undefined) throw new Error('nothing failed');
  return fail(problems.length === 1 ? first : { ...first, problems });
}
