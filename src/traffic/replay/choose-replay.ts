import type { SourceStatement, SourceStatements } from '../../core/queries.ts';
import type { ReplayStatement } from './replay-statement.ts';

export interface ChosenStatements {
  readonly statements: readonly ReplayStatement[];
  /** What was left out, as a clause each: `12 that are no query, such as set or begin`; why nothing could be read, where that is so. */
  readonly leftOut: readonly string[];
}

/**
 * The most frequent statements of those that the source's pg_stat_statements told. Their parameters aren't kept there, so most can only be parsed in a replay.
 */
export function chooseReplay(source: SourceStatements, maxStatements: number): ChosenStatements {
  if (source.kind === 'absent') return { statements: [], leftOut: [source.why] };
  if (source.kind === 'unreadable') return { statements: [], leftOut: [`pg_stat_statements of the source could not be read: ${source.why}`] };
  const { statements, hidden, others } = source;
  // What we ask production ourselves is among them, and names its schema.
  const [catalogs, queries] = partition(statements, ({ text }) => /\bpg_catalog\./i.test(text));
  const [timed, untimed] = partition(queries, ({ perSecond }) => perSecond !== undefined);
  const chosen = timed.slice(0, maxStatements);
  const otherCount = Object.values(others).reduce((sum, count) => sum + count, 0);
  return {
    statements: chosen.map(({ text, perSecond = 0 }) => ({ statement: text, perSecond })),
    leftOut: [
      ...(untimed.length === 0 ? [] : ['pg_stat_statements of a source before PostgreSQL 14 doesn’t tell since when it counts']),
      ...(hidden === 0 ? [] : ['statements of other users, which only members of pg_read_all_stats see']),
      ...(otherCount === 0 ? [] : [`${otherCount} that are no query, such as set or begin`]),
      ...(catalogs.length === 0 ? [] : [`${catalogs.length} that ask the catalogs, as we do ourselves`]),
      ...(timed.length === chosen.length ? [] : [`${timed.length - chosen.length} less frequent ones`]),
    ],
  };
}

function partition(all: readonly SourceStatement[], is: (one: SourceStatement) => boolean): readonly [readonly SourceStatement[], readonly SourceStatement[]] {
  return [all.filter(is), all.filter((one) => !is(one))];
}
