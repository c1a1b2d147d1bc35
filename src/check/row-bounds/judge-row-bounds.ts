import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { Finding } from '../../core/finding.ts';
import type { StatementRecord } from '../../core/migration.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { rowBounds } from './about.ts';
import { brokenBounds, unknownTable } from './broken-bounds.ts';
import type { EvaluatedBound } from './evaluate-bounds.ts';
import { findTable } from './find-table.ts';
import type { RowVolumes } from './read-row-volumes.ts';
import { rowChanges } from './row-changes.ts';
import { undeclaredChange } from './undeclared-change.ts';

export interface RowBoundsInput {
  readonly bounds: readonly EvaluatedBound[];
  readonly before: RowVolumes;
  readonly after: RowVolumes;
  /** What rows changed without a bound are: a blocker or a warning. */
  readonly undeclared: 'fail' | 'report';
  /** The ledger's table: its rows may change without being declared. A bound on it holds all the same. */
  readonly ledger?: string;
  /** The statements that ran, so that a finding can name the one that did it. */
  readonly statements?: readonly StatementRecord[];
}

/**
 * Judges how many rows the migrations inserted, updated and deleted, table by table. A kind of change that a table's bound leaves out counts as undeclared.
 * Passes only where something was declared, or where undeclared changes fail.
 */
export function judgeRowBounds(input: RowBoundsInput): CheckOutcome {
  const startedAt = performance.now();
  const { bounds, before, after, undeclared, statements = [] } = input;
  const changes = rowChanges(before, after);
  const findings: Finding[] = [];
  const declared = new Map<string, Set<string>>();
  for (const bound of bounds) {
    const table = findTable(bound.table, before, after);
    if (table === undefined) {
      findings.push(unknownTable(bound.table));
      continue;
    }
    const kinds = declared.get(table.oid) ?? new Set();
    for (const kind of Object.keys(bound.ranges)) kinds.add(kind);
    declared.set(table.oid, kinds);
    findings.push(...brokenBounds(bound, table, changes, statements));
  }
  const ledger = input.ledger === undefined ? undefined : findTable(input.ledger, before, after);
  for (const change of changes) {
    if (change.oid === ledger?.oid) continue;
    const finding = undeclaredChange(change, changes, declared, undeclared);
    if (finding !== undefined) findings.push(finding);
  }
  if (before.problem !== undefined || after.problem !== undefined) findings.push(unreliable(after.problem ?? before.problem ?? ''));
  const restricting = bounds.some(({ ranges }) => Object.values(ranges).some(({ min, max }) => min > 0 || max !== undefined));
  const couldFail = restricting || (undeclared === 'fail' && after.tables.length > 0);
  const changed = changes.filter(({ above }) => above.length === 0).reduce((sum, { inserted, updated, deleted }) => sum + inserted + updated + deleted, 0);
  const [first] = findings.filter(({ severity }) => severity === 'blocker');
  return conclude({
    gate: 'row-bounds',
    phase: rowBounds.phase,
    required: couldFail,
    notApplicable: !couldFail,
    couldFail,
    proof: couldFail
      ? `${showCount(bounds.length, 'table')} with bounds; the counters of ${showCount(after.tables.length, 'table')} before and after`
      : 'no bound is declared in data.bounds, and data.undeclared is "report"',
    summary: first === undefined ? `${showCount(changed, 'row')} written${couldFail ? ', as declared' : '; nothing was declared'}.` : `${first.title}.`,
    findings,
    startedAt,
  });
}

function unreliable(problem: string): Finding {
  const object = { kind: 'server', name: 'clone' };
  return {
    id: `${rowBounds.check}:server:clone`,
    check: rowBounds.check,
    phase: rowBounds.phase,
    severity: 'doubt',
    rootCause: 'data-volume',
    object,
    title: `The rows that were written can’t be counted: ${problem}`,
    cure: 'Run again on a clone that nobody else uses, with track_counts on.',
  };
}
