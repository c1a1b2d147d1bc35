import type { CheckOutcome } from '../../core/check-outcome.ts';
import { compareFindings } from '../../core/finding-order.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { judgeUnobserved, statementsWithoutLocks } from '../unobserved/judge-unobserved.ts';
import { groupFindings } from './group-findings.ts';
import { makeFindings } from './make-findings.ts';
import { RecordedRun, type RecordingInput } from './recorded-run.ts';
import { recordingChecks } from './recording-checks.ts';

/**
 * Judges what the flight recorder saw: the gate `locks`, with the findings of all checks of a recording, the gravest first. A pure function. Without a
 * recorded statement the gate could not have failed and is inconclusive.
 *
 * @example judgeRecording({ recording, facts: { before, after }, settings: settings.record, ledger: 'public.schema_migrations' })
 */
export function judgeRecording(input: RecordingInput): CheckOutcome {
  const startedAt = performance.now();
  const run = new RecordedRun(input);
  const judged = groupFindings(recordingChecks.flatMap((check) => makeFindings(check, run)));
  const findings = [...judged, ...judgeUnobserved(run, input)].toSorted(compareFindings);
  const { statements } = input.recording;
  const [first, ...others] = findings.filter(({ severity }) => severity !== 'note');
  return conclude({
    gate: 'locks',
    phase: 'migrate',
    required: true,
    couldFail: statements.length > 0,
    proof: proofOf(run),
    summary:
      first === undefined
        ? statements.length > 0
          ? 'Nothing that was recorded would stall production.'
          : 'Nothing was recorded.'
        : `${first.title}${others.length > 0 ? `, and ${showCount(others.length, 'more finding')}` : ''}.`,
    findings,
    startedAt,
  });
}

/** What was looked at, and what wasn't. */
function proofOf(run: RecordedRun): string {
  const { statements, mode } = run.recording;
  if (statements.length === 0) return 'no statement came through the recorder';
  const unseen = statementsWithoutLocks(run).length;
  return [
    `${showCount(statements.length, 'statement')} recorded`,
    `${showCount(run.holds.length, 'strong lock')} judged`,
    ...(unseen === 0 ? [] : [`${showCount(unseen, 'statement')} by ${unseen === 1 ? 'its time' : 'their times'} alone`]),
    ...(mode === 'event-triggers' ? [] : ['locks only sampled, since the server allows no event triggers: very short ones may be missing']),
  ].join(', ');
}
