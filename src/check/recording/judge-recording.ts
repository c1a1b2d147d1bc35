import type { CheckOutcome } from '../../core/check-outcome.ts';
import { compareFindings } from '../../core/finding-order.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { judgeUnobserved, statementsWithoutLocks } from '../unobserved/judge-unobserved.ts';
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
  const findings = [...recordingChecks.flatMap((check) => makeFindings(check, run)), ...judgeUnobserved(run, input)].toSorted(compareFindings);
  const { statements, mode } = input.recording;
  const [first] = findings;
  const unseen = statementsWithoutLocks(run).length;
  const outcome = conclude({
    gate: 'locks',
    phase: 'migrate',
    required: true,
    couldFail: statements.length > 0,
    proof:
      statements.length > 0
        ? `${showCount(statements.length, 'statement')} recorded, ${showCount(run.holds.length, 'strong lock')} judged${unseen === 0 ? '' : `, ${showCount(unseen, 'statement')} by ${unseen === 1 ? 'its time' : 'their times'} alone`}`
        : 'no statement came through the recorder',
    summary:
      first === undefined
        ? statements.length > 0
          ? 'Nothing that was recorded would stall production.'
          : 'Nothing was recorded.'
        : `${first.title}${findings.length > 1 ? `, and ${showCount(findings.length - 1, 'more finding')}` : ''}.`,
    findings,
    startedAt,
  });
  if (mode === 'event-triggers') return outcome;
  return {
    ...outcome,
    gate: { ...outcome.gate, weakenedBy: 'locks were only sampled, since the server allows no event triggers: very short ones may be missing' },
  };
}
