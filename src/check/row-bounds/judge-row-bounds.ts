import type { ContentChange, MassChange } from '../../config/schema.ts';
import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { Finding } from '../../core/finding.ts';
import type { StatementRecord } from '../../core/migration.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { rowBounds } from './about.ts';
import { brokenBounds, unknownTable } from './broken-bounds.ts';
import type { EvaluatedBound, RowRange, ShareRange } from './evaluate-bounds.ts';
import { findTable } from './find-table.ts';
import type { MassLimits } from './massive-change.ts';
import { notCounting, type RowVolumes } from './read-row-volumes.ts';
import { rowChanges, type TableRowChange } from './row-changes.ts';
import { judgeScoped, type WatchedMigrations } from './scoped-bounds.ts';
import { undeclaredChange } from './undeclared-change.ts';

export interface RowBoundsInput {
  readonly bounds: readonly EvaluatedBound[];
  readonly before: RowVolumes;
  readonly after: RowVolumes;
  /** What rows changed without a bound are: a blocker or a warning. */
  readonly undeclared: 'fail' | 'report';
  /** How large undeclared changes may be, where they don't fail; no limit unless given. */
  readonly massChange?: MassChange;
  /** Values that may change or go, as the team has declared for those who compare them. */
  readonly contentChanges?: readonly ContentChange[];
  /** Whether somebody does. */
  readonly preservation?: 'exact' | 'off';
  /** What each migration wrote, where that was followed. */
  readonly watched?: WatchedMigrations;
  /** The ledger's table: its rows may change without being declared. A bound on it holds all the same. */
  readonly ledger?: string;
  /** The statements that ran, so that a finding can name the one that did it. */
  readonly statements?: readonly StatementRecord[];
}

/**
 * Judges how many rows the migrations inserted, updated and deleted, table by table. A kind of change that a table's bound leaves out counts as undeclared.
 * What nobody declared blocks where that is the policy, or where
 * it is a mass change. It decides a verdict only where something was declared, where undeclared changes fail, or where it found something: that no table was emptied is little.
 */
export function judgeRowBounds(input: RowBoundsInput): CheckOutcome {
  const startedAt = performance.now();
  const { bounds, before, after, undeclared, statements = [], watched = unwatched } = input;
  const changes = rowChanges(before, after).map((change) => withoutRolledBack(change, watched));
  const findings: Finding[] = [];
  const declared = new Map<string, Set<string>>();
  const covered = new Map<string, { inserted: number; updated: number; deleted: number }>();
  let asked = 0;
  for (const bound of bounds) {
    const table = findTable(bound.table, before, after);
    if (table === undefined) {
      findings.push(unknownTable(bound.table));
      continue;
    }
    const rowsBefore = changes.find(({ oid }) => oid === table.oid)?.before ?? before.tables.find(({ oid }) => oid === table.oid)?.rows;
    const kinds = declared.get(table.oid) ?? new Set();
    declared.set(table.oid, kinds);
    if (bound.migration === undefined) {
      asked++;
      for (const kind of Object.keys(bound.ranges)) kinds.add(kind);
      findings.push(...brokenBounds(bound, table, rowsBefore, changes, statements));
      continue;
    }
    const scoped = judgeScoped(bound, table, rowsBefore, watched);
    findings.push(...scoped.findings);
    if (scoped.asked) asked++;
    const sum = covered.get(table.oid) ?? { inserted: 0, updated: 0, deleted: 0 };
    for (const kind of changeKinds) if (bound.ranges[kind] !== undefined) sum[kind] += scoped.covered?.[kind] ?? 0;
    covered.set(table.oid, sum);
  }
  // Bounds on single migrations cover a table's changes only where no other migration made any.
  for (const [oid, sum] of covered) {
    const change = changes.find((one) => one.oid === oid);
    for (const kind of changeKinds) if (change !== undefined && sum[kind] > 0 && sum[kind] >= change[kind]) declared.get(oid)?.add(kind);
  }
  const mass = massLimits(input);
  const ledger = input.ledger === undefined ? undefined : findTable(input.ledger, before, after);
  for (const change of changes) {
    if (change.oid === ledger?.oid) continue;
    const finding = undeclaredChange(change, changes, declared, undeclared, mass);
    if (finding !== undefined) findings.push(finding);
  }
  // Whoever stops the counting has something counted no more.
  const stopped = before.problem === undefined && after.problem === notCounting;
  const found = stopped || before.resetAt !== after.resetAt || findings.some(({ severity }) => severity === 'blocker' || severity === 'doubt');
  const problem = after.problem ?? before.problem ?? (before.resetAt === after.resetAt ? undefined : 'they were set back while the migrations ran');
  if (problem !== undefined) findings.push(unreliable(problem));
  const restricting = asked > 0 && bounds.some(({ ranges }) => Object.values(ranges).some(restricts));
  const decides = restricting || (undeclared === 'fail' && after.tables.length > 0);
  const watches = mass !== undefined && before.tables.some(({ rows }) => rows > 0);
  const couldFail = decides || watches;
  const changed = changes.filter(({ above }) => above.length === 0).reduce((sum, { inserted, updated, deleted }) => sum + inserted + updated + deleted, 0);
  const [first] = findings.filter(({ severity }) => severity === 'blocker');
  const limits = mass === undefined ? '' : `; undeclared changes of more than ${showCount(mass.rows, 'row')} and ${mass.percent} % of a table fail`;
  return conclude({
    gate: 'row-bounds',
    phase: rowBounds.phase,
    required: decides || found,
    notApplicable: !couldFail && !found,
    couldFail,
    proof: decides
      ? `${showCount(bounds.length, 'table')} with bounds; the counters of ${showCount(after.tables.length, 'table')} before and after`
      : watches
        ? `no bound is declared in data.bounds; the counters of ${showCount(after.tables.length, 'table')} before and after${limits}`
        : 'no bound is declared in data.bounds, data.undeclared is "report", and there is nothing that a mass change could be seen by',
    summary: first === undefined ? `${showCount(changed, 'row')} written${decides ? ', as declared' : '; nothing was declared'}.` : `${first.title}.`,
    findings,
    startedAt,
  });
}

const changeKinds = ['inserted', 'updated', 'deleted'] as const;
const unwatched: WatchedMigrations = { known: [], pending: [], watch: undefined };

/** Updates that were rolled back are counted by the server, and leave no trace in the number of rows. Who followed the statements knows better. */
function withoutRolledBack(change: TableRowChange, { watch }: WatchedMigrations): TableRowChange {
  const seen = watch?.writtenByAll(change.oid);
  return seen === undefined ? change : { ...change, updated: Math.min(change.updated, seen.updated) };
}

function restricts(range: RowRange | ShareRange): boolean {
  return 'min' in range ? range.min > 0 || range.max !== undefined : range.minPercent > 0 || range.maxPercent !== undefined;
}

/** What values may change says which rows may. */
function massLimits({ massChange = 'off', contentChanges = [], preservation = 'off', before, after }: RowBoundsInput): MassLimits | undefined {
  if (massChange === 'off') return undefined;
  const expected = new Map<string, Set<keyof Pick<TableRowChange, 'inserted' | 'updated' | 'deleted'>>>();
  for (const { table: name, columns } of contentChanges) {
    const table = findTable(name, before, after);
    if (table !== undefined)
      expected.set(table.oid, new Set([...(expected.get(table.oid) ?? []), ...(columns === undefined ? changeKinds : ['updated' as const])]));
  }
  return { ...massChange, expected, droppedAreJudged: preservation === 'exact' };
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
