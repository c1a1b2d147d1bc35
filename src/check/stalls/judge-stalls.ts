import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { Finding } from '../../core/finding.ts';
import { compareFindings } from '../../core/finding-order.ts';
import type { Recording } from '../../core/recording.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { showDuration } from '../show-duration.ts';
import { judgeErrors } from './judge-errors.ts';
import { stalledTables } from './stalled-tables.ts';
import type { StallsInput } from './stalls-input.ts';
import { withoutTraffic } from './without-traffic.ts';

/**
 * Judges what readers and writers met while the migrations ran: the gate `traffic`. A pure function.
 *
 * A traffic that no statement of the migrations overlapped is no proof: the gate is inconclusive then. It is required where the migrations ran for as long as a
 * stall may last; quicker ones can't have stalled anybody for that long.
 *
 * @example judgeStalls({ report: { ...report, stalls: worstStalls(report, recording) }, recording, settings })
 */
export function judgeStalls(input: StallsInput): CheckOutcome {
  const startedAt = performance.now();
  const { report, recording, settings, earlier = [] } = input;
  const findings = [...earlier, ...stalledTables(input), ...judgeErrors(input), ...withoutTraffic(input)].toSorted(compareFindings);
  const canaries = report.sessions.filter(({ kind }) => kind !== 'long-reader');
  const overlapped = canaries.reduce((total, session) => total + (session.overlapped ?? 0), 0);
  const ranMs = timeOf(recording);
  const { stallMs } = settings.record.limits;
  const worst = report.stalls[0];
  return conclude({
    gate: 'traffic',
    phase: 'migrate',
    required: overlapped > 0 || ranMs >= stallMs || findings.some(({ severity }) => severity === 'blocker'),
    couldFail: overlapped > 0,
    proof:
      overlapped > 0
        ? `${showCount(overlapped, 'run')} of ${showCount(canaries.length, 'session')} while statements of the migrations ran`
        : canaries.length === 0
          ? 'no session could read or write'
          : `no run of ${showCount(canaries.length, 'session')} fell together with a statement of the migrations, which took ${showDuration(ranMs)}`,
    summary: summaryOf(findings, worst === undefined ? undefined : worst.toMs - worst.fromMs, overlapped),
    findings,
    startedAt,
  });
}

function summaryOf(findings: readonly Finding[], worstMs: number | undefined, overlapped: number): string {
  const [first, ...others] = findings.filter(({ severity }) => severity !== 'note');
  if (first !== undefined) return `${first.title}${others.length > 0 ? `, and ${showCount(others.length, 'more finding')}` : ''}.`;
  if (overlapped === 0) return 'The migrations were too quick for the traffic to meet them.';
  return worstMs === undefined ? 'Nobody had to wait.' : `Nobody had to wait for longer than ${showDuration(worstMs)}.`;
}

/** From the first statement's beginning to the last one's end. */
function timeOf({ statements }: Recording): number {
  const first = Math.min(...statements.map(({ startedMs }) => startedMs));
  const last = Math.max(...statements.map(({ endedMs }) => endedMs));
  return statements.length === 0 ? 0 : last - first;
}
