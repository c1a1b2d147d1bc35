import type { RecordedStatement, Recording } from '../../core/recording.ts';
import { type LedgerWrites, writtenValues } from './ledger-order.ts';

/** Tags of statements that leave the structure as it is; what is behind DO and CALL isn’t known, and counts as structure. */
const leavesStructure =
  /^(|SELECT|INSERT|UPDATE|DELETE|MERGE|COPY|TRUNCATE TABLE|SHOW|SET|SET CONSTRAINTS|RESET|BEGIN|START TRANSACTION|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|LOCK TABLE|ANALYZE|VACUUM|DISCARD( ALL)?|PREPARE|DEALLOCATE( ALL)?|EXPLAIN|FETCH|CLOSE CURSOR|DECLARE CURSOR|(UN)?LISTEN|NOTIFY)$/;

/**
 * The first revisions that changed rows only, up to the first that changed the structure. Whether production, which was never told what it has, has had them already can’t be seen from
 * its structure. A statement is of the revision that is recorded after it, unless it is known whose it is.
 *
 * @param order revisions as they were applied
 */
export function firstOfRowsOnly(recording: Recording | undefined, { table, find }: LedgerWrites, order: readonly string[]): readonly string[] {
  if (recording === undefined) return [];
  const committed = new Set(recording.transactions.filter(({ outcome }) => outcome === 'committed').map(({ id }) => id));
  const structural = new Set<string>();
  const seen = new Set<string>();
  let pending = false;
  for (const statement of recording.statements) {
    if (statement.error !== undefined || !committed.has(statement.transaction)) continue;
    if (statement.migration !== undefined) {
      seen.add(statement.migration);
      if (changesStructure(statement)) structural.add(statement.migration);
      continue;
    }
    pending ||= changesStructure(statement);
    for (const revision of writtenValues(statement.text, table).flatMap((value) => find(value) ?? [])) {
      seen.add(revision);
      if (pending) structural.add(revision);
      pending = false;
    }
  }
  const end = order.findIndex((revision) => structural.has(revision) || !seen.has(revision));
  return end === -1 ? order : order.slice(0, end);
}

function changesStructure({ tag = '', created = [], dropped = [] }: RecordedStatement): boolean {
  return !leavesStructure.test(tag) || created.length + dropped.length > 0;
}
