import type { RecordedStatement, Recording } from '../../core/recording.ts';
import { significantTokens } from '../../sql/significant-tokens.ts';

/** Tags of statements that leave nothing behind by themselves; what a function behind a SELECT did shows in what it wrote and made. */
const looking =
  /^(|SELECT|SHOW|SET|SET CONSTRAINTS|RESET|BEGIN|START TRANSACTION|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|LOCK TABLE|DISCARD( ALL)?|PREPARE|DEALLOCATE( ALL)?|EXPLAIN|FETCH|CLOSE CURSOR|DECLARE CURSOR|(UN)?LISTEN)$/;

/**
 * Whether anything but the list of applied migrations was changed by what was recorded, and committed. A tool that records a migration whose statements went to another database
 * changes nothing else here.
 *
 * @param own tables of the migration tool, without their schemas
 */
export function changedSomething({ statements, transactions }: Recording, own: ReadonlySet<string>): boolean {
  const committed = new Set(transactions.filter(({ outcome }) => outcome === 'committed').map(({ id }) => id));
  return statements.some((statement) => statement.error === undefined && committed.has(statement.transaction) && changes(statement, own));
}

function changes({ text, tag = '', written = [], created = [], dropped = [] }: RecordedStatement, own: ReadonlySet<string>): boolean {
  if (looking.test(tag)) return written.length + created.length + dropped.length > 0;
  // The table that a statement is about is among its first words: `create table if not exists a.b`, `alter table only b`.
  return !significantTokens(text.slice(0, 2_000), 10).some(({ name }) => name !== undefined && own.has(name));
}
