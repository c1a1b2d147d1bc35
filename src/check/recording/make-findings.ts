import type { RecordSettings } from '../../config/schema.ts';
import { type Finding, findingId, type Severity } from '../../core/finding.ts';
import type { RecordedRun } from './recorded-run.ts';
import type { RecordingCheck, Sighting } from './recording-check.ts';

/** What a check saw as findings, each as grave as the team lets it be. None where the check is off. */
export function makeFindings({ about, rootCause, judge }: RecordingCheck, run: RecordedRun): readonly Finding[] {
  const policy = run.settings.checks[about.check];
  if (policy === 'off') return [];
  const used = new Map<string, number>();
  return judge(run).map((sighting) => {
    const { object, property, title, detail, statement, cure, safeWay, sql, showSql } = sighting;
    const id = findingId(about.check, object, property);
    const times = (used.get(id) ?? 0) + 1;
    used.set(id, times);
    const migration = statement?.migration ?? sighting.migration;
    return {
      // A migration may do the same thing to the same table twice.
      id: times === 1 ? id : `${id}:${times}`,
      check: about.check,
      phase: about.phase,
      severity: severityOf(policy, sighting.weight),
      rootCause,
      object,
      title,
      detail,
      ...(migration === undefined ? {} : { migration }),
      ...(statement?.place === undefined ? {} : { place: statement.place }),
      ...(sql === undefined ? {} : { sql }),
      cure: cure ?? about.cure,
      ...(showSql === undefined ? {} : { showSql }),
      ...(safeWay === undefined ? {} : { advice: safeWay }),
    };
  });
}

function severityOf(policy: Exclude<RecordSettings['checks'][RecordingCheck['about']['check']], 'off'>, weight: Sighting['weight']): Severity {
  if (weight === 'full') return policy;
  return weight === 'less' && policy !== 'note' ? 'warning' : 'note';
}
