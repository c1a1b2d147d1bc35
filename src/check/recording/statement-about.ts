import type { RecordedStatement } from '../../core/recording.ts';
import { parseQualifiedName } from '../../sql/quote.ts';
import { significantTokens } from '../../sql/significant-tokens.ts';
import type { RecordedRun } from './recorded-run.ts';

/**
 * The statement behind a change that the catalogs show: of those that made or locked the table the last whose text has all these words. Its text only says
 * where to look; that the change happened is known already. Undefined where none fits, such as where a function did it.
 *
 * @example statementAbout(run, table, ['references'], ['invoice_customer_fkey'])
 */
export function statementAbout(run: RecordedRun, table: number, ...alternatives: readonly (readonly string[])[]): RecordedStatement | undefined {
  const name = parseQualifiedName(run.nameOf(table))?.name;
  const touching = run.recording.statements.filter(
    (one) =>
      one.error === undefined &&
      (one.created?.some(({ relation }) => relation === table) || one.locks?.some(({ relation }) => relation === table) || wordsOf(one).has(name ?? '')),
  );
  for (const words of alternatives) {
    const fitting = touching.findLast((one) => words.every((word) => wordsOf(one).has(parseQualifiedName(word)?.name ?? word)));
    if (fitting !== undefined) return fitting;
  }
  return undefined;
}

const known = new WeakMap<RecordedStatement, ReadonlySet<string>>();

/** Names as Postgres folds them: keywords too, in small letters. */
export function wordsOf(statement: RecordedStatement): ReadonlySet<string> {
  const words = known.get(statement) ?? new Set(significantTokens(statement.text).flatMap(({ name }) => name ?? []));
  known.set(statement, words);
  return words;
}
