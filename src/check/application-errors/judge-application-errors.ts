import type { RecordedRun } from '../recording/recorded-run.ts';
import type { RecordingCheck, Sighting } from '../recording/recording-check.ts';
import { showStatement } from '../recording/show-statement.ts';
import { showCount } from '../show-count.ts';
import { showDuration } from '../show-duration.ts';
import { applicationErrors } from './about.ts';

export const applicationErrorsCheck: RecordingCheck = { about: applicationErrors, rootCause: 'compatibility', judge: judgeErrors };

/** Errors of the traffic, each kind once for each session. */
function judgeErrors(run: RecordedRun): readonly Sighting[] {
  return (run.traffic?.sessions ?? []).flatMap(({ name, table, statement: text, errors }) =>
    errors.map(({ sqlstate, message, count, firstMs }): Sighting => {
      const running = run.recording.statements.findLast(({ startedMs }) => startedMs <= firstMs);
      return {
        weight: 'full',
        object: { kind: table === undefined ? 'session' : 'table', name: table ?? name },
        property: `${name}:${sqlstate}`,
        title: `The ${name} met ${showCount(count, 'error')} ${sqlstate}: ${message}`,
        detail: `${showStatement({ text })}, first after ${showDuration(firstMs)}${running === undefined ? '' : `, at ${showStatement(running)}`}.`,
        ...(running === undefined ? {} : { statement: running }),
        sql: { sqlstate, message },
        ...(sqlstate === '0A000'
          ? { cure: 'Prepared statements whose result changed fail once in each session: name the columns instead of *, and let the driver prepare again.' }
          : {}),
      };
    }),
  );
}
