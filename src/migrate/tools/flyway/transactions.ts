import { significantTokens } from '../../../sql/significant-tokens.ts';
import { splitStatements } from '../../../sql/split-statements.ts';

/** What Flyway knows to need no transaction, by the first words of a statement: PostgreSQLParser.java. It knows no other, such as REINDEX INDEX CONCURRENTLY. */
const withoutTransaction =
  /^(CREATE|DROP) (DATABASE|TABLESPACE|SUBSCRIPTION)|^ALTER SYSTEM|^(CREATE|DROP)( UNIQUE)? INDEX CONCURRENTLY|^REINDEX( VERBOSE)? (SCHEMA|DATABASE|SYSTEM)|^VACUUM|^DISCARD ALL/;

/**
 * How Flyway runs a file by what is in it: in a transaction; without, where all statements need none; or not at all, where they are mixed.
 *
 * @returns with `mixed` the 1-based line, within the text, of the statement at which Flyway notices
 */
export function flywayTransaction(text: string): { readonly kind: 'transaction' | 'none' } | { readonly kind: 'mixed'; readonly line: number } {
  let without: boolean | undefined;
  for (const statement of splitStatements(text)) {
    const words = significantTokens(statement.text, 5).map(({ keyword }) => keyword);
    const needsNone = withoutTransaction.test(words.join(' '));
    if (without !== undefined && without !== needsNone) return { kind: 'mixed', line: statement.line };
    without = needsNone;
  }
  return { kind: without === true ? 'none' : 'transaction' };
}

/** The 1-based line of the first statement that waits until no older transaction is open anywhere in the database. */
export function waitsForOthers(text: string): number | undefined {
  return splitStatements(text).find((statement) => {
    const words = significantTokens(statement.text, 5).map(({ keyword }) => keyword);
    return /^(CREATE|DROP)( UNIQUE)? INDEX CONCURRENTLY/.test(words.join(' '));
  })?.line;
}
