import type { RecordedStatement } from '../../core/recording.ts';
import { parseQualifiedName } from '../../sql/quote.ts';
import type { RecordedRun } from '../recording/recorded-run.ts';
import type { ConstraintFacts } from '../recording/recording-facts.ts';
import { wordsOf } from '../recording/statement-about.ts';

/** What a statement made sure of by reading a table. */
export type Validation =
  | { readonly what: 'constraint'; readonly constraint: ConstraintFacts; readonly wasThere: boolean }
  | { readonly what: 'not null'; readonly column: string };

/**
 * What the catalogs say is valid now and wasn't before, on this table, and the statement speaks of. The statement was seen reading the table under a
 * lock; this says what for.
 */
export function validationsOf(run: RecordedRun, statement: RecordedStatement, table: number): readonly Validation[] {
  if (statement.tag !== undefined && statement.tag !== 'ALTER TABLE') return [];
  const words = wordsOf(statement);
  const says = (name: string) => words.has(parseQualifiedName(name)?.name ?? name);
  const constraints = run.after.constraints.flatMap((constraint): readonly Validation[] => {
    if (constraint.table !== table || constraint.parent !== undefined || !constraint.validated) return [];
    if (constraint.kind !== 'check' && constraint.kind !== 'foreign key') return [];
    const before = run.before.constraints.find(({ oid }) => oid === constraint.oid);
    if (before?.validated === true) return [];
    const unnamed = words.has(constraint.kind === 'check' ? 'check' : 'references') && !words.has('constraint');
    return says(constraint.name) || unnamed ? [{ what: 'constraint', constraint, wasThere: before !== undefined || !words.has('add') }] : [];
  });
  const columnsBefore = run.tableBefore(table)?.columns ?? [];
  const columns = (run.tableAfter(table)?.columns ?? []).filter(
    (column) => column.notNull && columnsBefore.some((before) => before.number === column.number && !before.notNull) && says(column.name) && words.has('null'),
  );
  return [...constraints, ...columns.map(({ name }): Validation => ({ what: 'not null', column: name }))];
}
