import type { Advice } from '../../core/explained-comparison.ts';
import type { RecordedStatement, Rewrite, RewriteReason } from '../../core/recording.ts';
import { lockSentence, lockWeight } from '../recording/lock-weight.ts';
import type { RecordedRun } from '../recording/recorded-run.ts';
import type { RecordingCheck, Sighting } from '../recording/recording-check.ts';
import { showStatement } from '../recording/show-statement.ts';
import { type TableGroup, tablesByRoot } from '../recording/tables-by-root.ts';
import { showBytes } from '../show-bytes.ts';
import { showDuration } from '../show-duration.ts';
import { retypedColumns } from '../type-change/retyped-columns.ts';
import { rewrite } from './about.ts';
import { rewriteWay } from './rewrite-way.ts';

export const rewriteCheck: RecordingCheck = { about: rewrite, rootCause: 'lock', judge: judgeRewrites };

/** Tables and indexes that a statement wrote anew; what a new column's default does is another check's. */
function judgeRewrites(run: RecordedRun): readonly Sighting[] {
  return run.recording.statements.flatMap((statement) =>
    rewritesOf(statement)
      .flatMap((rewrites) => tablesByRoot(run, rewrites))
      .filter(({ parts }) => !isByDefault(parts))
      .flatMap((group) => judgeGroup(run, statement, group)),
  );
}

/** TRUNCATE gives a table new storage too, but copies nothing. */
export function rewritesOf(statement: RecordedStatement): readonly (readonly Rewrite[])[] {
  return statement.rewrites === undefined || statement.tag === 'TRUNCATE TABLE' ? [] : [statement.rewrites];
}

/** Whether a new column's default is the only reason. Indexes come along and have none of their own. */
export function isByDefault(rewrites: readonly Rewrite[]): boolean {
  const reasons = reasonsOf(rewrites);
  return reasons.length === 1 && reasons[0] === 'default';
}

function reasonsOf(rewrites: readonly Rewrite[]): readonly RewriteReason[] {
  const all = [...new Set(rewrites.flatMap(({ reasons }) => reasons))];
  const known = all.filter((reason) => reason !== 'unknown');
  return known.length === 0 ? all : known;
}

function judgeGroup(run: RecordedRun, statement: RecordedStatement, { root, tables, parts }: TableGroup<Rewrite>): readonly Sighting[] {
  const reasons = reasonsOf(parts);
  // Built anew with CONCURRENTLY, an index has no strong lock; every other rewrite does, seen or not.
  const hold = run.holdDuring(statement, tables, reasons.includes('reindex') ? undefined : 'AccessExclusiveLock');
  const weight = hold === undefined ? undefined : lockWeight(run, hold, tables);
  if (hold === undefined || weight === undefined) return [];
  const indexes = parts.filter(({ relation }) => isIndex(run, relation));
  const onlyIndexes = indexes.length === parts.length;
  const name = run.nameOf(root);
  const written = parts.map(({ bytesAfter }) => bytesAfter);
  const bytes = written.every((size) => size !== undefined) ? ` ${showBytes(written.reduce((sum, size) => sum + size, 0))} were written.` : '';
  const what = onlyIndexes ? `${indexes.length === 1 ? 'An index' : `${indexes.length} indexes`} of ${name}` : name;
  const also = onlyIndexes || indexes.length === 0 ? '' : ` with ${indexes.length === 1 ? 'an index' : `${indexes.length} indexes`}`;
  const safeWay = rewriteWay(run, reasons, root, parts);
  return [
    {
      weight,
      object: { kind: 'table', name },
      property: reasons.join('+'),
      title: `${what} ${onlyIndexes && indexes.length > 1 ? 'were' : 'was'} written anew${also} under a lock of ${showDuration(hold.heldMs)}: ${why(run, root, reasons)}`,
      detail: `${showStatement(statement)}. ${lockSentence(run, hold, tables)}${bytes}`,
      statement,
      ...withCure(reasons, safeWay),
    },
  ];
}

function isIndex(run: RecordedRun, oid: number): boolean {
  const kind = run.relation(oid)?.kind;
  return kind === 'index' || kind === 'partitioned index' || (kind === undefined && run.before.indexes.some((index) => index.oid === oid));
}

function why(run: RecordedRun, root: number, reasons: readonly RewriteReason[]): string {
  return reasons.map((reason) => (reason === 'type' ? typeReason(run, root) : because[reason])).join(', and ');
}

function typeReason(run: RecordedRun, root: number): string {
  const changed = retypedColumns(run, root).map(({ before, after }) => `${before.name} from ${before.type} to ${after.type}`);
  return changed.length === 0 ? 'the type of a column changed' : `the type of a column changed (${changed.join(', ')})`;
}

const because: Record<RewriteReason, string> = {
  type: 'the type of a column changed',
  default: 'a new column’s default is worked out for each row',
  persistence: 'it became logged or unlogged',
  'access-method': 'its access method changed',
  cluster: 'CLUSTER sorts by writing everything again',
  'vacuum-full': 'VACUUM FULL copies what is alive',
  reindex: 'REINDEX builds it again',
  refresh: 'REFRESH MATERIALIZED VIEW works its query out again',
  unknown: 'the reason was not seen',
};

function withCure(reasons: readonly RewriteReason[], safeWay: Advice | undefined): Pick<Sighting, 'cure' | 'safeWay'> {
  const cure =
    reasons.includes('vacuum-full') || reasons.includes('cluster')
      ? 'Leave it to plain VACUUM, or use pg_repack, which copies beside the table and locks it only for the swap.'
      : reasons.includes('reindex')
        ? 'Use REINDEX … CONCURRENTLY, outside of a transaction.'
        : reasons.includes('refresh')
          ? 'Use REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index on the view.'
          : undefined;
  return { ...(cure === undefined ? {} : { cure }), ...(safeWay === undefined ? {} : { safeWay }) };
}
