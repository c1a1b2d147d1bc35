import type { BackfillSettings } from '../../config/schema.ts';
import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { BackfillReport, BatchSample } from '../../core/cost.ts';
import type { Failure } from '../../core/failure.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { showDuration } from '../show-duration.ts';
import { untried } from '../untried.ts';
import { backfill as about } from './about.ts';

const hourMs = 3_600_000;

/**
 * Judges the batches of a backfill that were tried: a gate of its own. A pure function. Batches that changed nothing prove nothing about those that will: without
 * one that changed rows the gate is inconclusive.
 *
 * @example judgeBackfill(report, settings.backfills[0])
 */
export function judgeBackfill(report: BackfillReport, settings: Pick<BackfillSettings, 'policy' | 'batchSize' | 'totalHours'>): CheckOutcome {
  const startedAt = performance.now();
  const { samples, batches, window } = report;
  const changed = samples.filter(({ rows }) => rows !== 0);
  const findings = [...failed(report, settings), ...slowBatches(report, settings), ...tooLong(report, settings)];
  const slowest = slowestOf(samples);
  return conclude({
    gate: `backfill:${report.name}`,
    phase: about.phase,
    required: true,
    couldFail: changed.length > 0 || findings.some(({ severity }) => severity === 'blocker'),
    proof:
      samples.length === 0
        ? 'no batch was tried'
        : `${showCount(changed.length, 'sample')} of ${batches.toLocaleString('en-US')} batches changed rows${changed.length === samples.length ? '' : `, ${showCount(samples.length - changed.length, 'sample')} none`}`,
    summary:
      findings[0] !== undefined
        ? `${findings[0].title}.`
        : slowest === undefined || window === undefined
          ? `${report.table} has no rows to go through.`
          : `The slowest batch took ${showDuration(slowest.durationMs)}; all of it will take ${showDuration(window.lowMs)} to ${showDuration(window.highMs)} in production.`,
    findings,
    startedAt,
  });
}

/** The gate of a backfill of which no batch could be tried. */
export function untriedBackfill(name: string, trouble: Failure): CheckOutcome {
  const startedAt = performance.now();
  const finding: Finding = {
    ...common(name),
    id: findingId(about.check, objectOf(name), 'untried'),
    severity: 'doubt',
    rootCause: 'environment',
    ...untried(`The backfill ${name} could not be tried`, trouble),
  };
  const gate = { gate: `backfill:${name}`, phase: about.phase, required: true, couldFail: false, proof: 'no batch was tried', summary: `${finding.title}.` };
  return conclude({ ...gate, findings: [finding], startedAt });
}

type Limits = Pick<BackfillSettings, 'policy' | 'batchSize' | 'totalHours'>;

function failed({ name, table, error }: BackfillReport, { policy }: Limits): readonly Finding[] {
  if (error === undefined) return [];
  return [
    {
      ...common(name),
      id: findingId(about.check, objectOf(name), 'failed'),
      severity: policy,
      rootCause: 'sql-error',
      title: `The backfill ${name} of ${table} failed: ${error.message} (SQLSTATE ${error.sqlstate})`,
      sql: error,
      cure: 'Correct its statement, its table or its id column, or the rights of the role that runs it.',
    },
  ];
}

function slowBatches({ name, samples, batches, role, limitMs: batchMs }: BackfillReport, { policy, batchSize }: Limits): readonly Finding[] {
  const slow = samples.filter(({ durationMs }) => durationMs > batchMs);
  const worst = slowestOf(slow);
  if (worst === undefined) return [];
  const smaller = Math.max(1, Math.floor((batchSize * batchMs) / worst.durationMs));
  return [
    {
      ...common(name),
      id: findingId(about.check, objectOf(name), 'batch'),
      severity: policy,
      rootCause: 'lock',
      title: `${slow.length === 1 ? '1 batch' : `${slow.length} batches`} of the backfill ${name} took more than ${showDuration(batchMs)}, the slowest ${showDuration(worst.durationMs)}`,
      detail: [
        `The slowest went from id ${worst.firstId} to ${worst.lastId}${worst.rows === null ? '' : ` and changed ${showCount(worst.rows, 'row')}`}, as ${role}.`,
        `${showCount(samples.length, 'sample')} of ${batches.toLocaleString('en-US')} batches were taken; production may be slower.`,
      ].join('\n'),
      cure: `${about.cure} At this speed ${showCount(smaller, 'row')} would take ${showDuration(batchMs)}.`,
    },
  ];
}

/** Certainly too long: a finding as grave as the team says. Perhaps too long: a warning at most. */
function tooLong({ name, window }: BackfillReport, { policy, totalHours }: Limits): readonly Finding[] {
  if (window === undefined || totalHours === undefined || window.highMs <= totalHours * hourMs) return [];
  const certain = window.lowMs > totalHours * hourMs;
  return [
    {
      ...common(name),
      id: findingId(about.check, objectOf(name), 'total'),
      severity: certain ? policy : policy === 'note' ? 'note' : 'warning',
      rootCause: 'lock',
      title: `The backfill ${name} ${certain ? 'will' : 'may'} take longer than ${showDuration(totalHours * hourMs)}: ${showDuration(window.lowMs)} to ${showDuration(window.highMs)}`,
      detail: window.basis.join('\n'),
      cure: 'Give it more time, several workers on ranges of their own, or less to do.',
    },
  ];
}

function common(name: string) {
  return { check: about.check, phase: about.phase, object: objectOf(name) };
}

function objectOf(name: string): Finding['object'] {
  return { kind: 'backfill', name };
}

function slowestOf(samples: readonly BatchSample[]): BatchSample | undefined {
  return samples.toSorted((a, b) => b.durationMs - a.durationMs)[0];
}
