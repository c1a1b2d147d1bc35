import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import type { AfterStep } from '../../core/sync.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { syncAfterAbout } from './about.ts';

/**
 * What became of everything that was to follow the data. Pure.
 *
 * @param steps each with whether it decides
 */
export function judgeSyncAfter(steps: readonly (AfterStep & { readonly required: boolean })[], startedAt = performance.now()): CheckOutcome {
  const findings = steps.filter(({ outcome }) => outcome !== 'done').map(findingOf);
  // Which versions met is worth a word also where they are as they should be.
  const versions = steps.filter(({ kind, outcome }) => kind === 'version' && outcome === 'done').map(({ said }) => ` Versions: ${said}.`);
  return conclude({
    gate: syncAfterAbout.check,
    phase: syncAfterAbout.phase,
    required: steps.length > 0,
    couldFail: steps.length > 0,
    proof: `${showCount(steps.length, 'step')}, each of which would have told its error`,
    summary:
      steps.length === 0
        ? 'Nothing is configured to follow the data.'
        : findings.length === 0
          ? `${showCount(steps.length, 'step')} after the data, all as configured.${versions.join('')}`
          : `Not as configured: ${findings.map(({ object }) => object.name).join(', ')}.`,
    findings,
    startedAt,
    ...(steps.length === 0 && { notApplicable: true }),
  });
}

function findingOf({ kind, name, outcome, said, cure, required }: AfterStep & { readonly required: boolean }): Finding {
  const object = { kind, name };
  return {
    id: findingId(syncAfterAbout.check, object),
    check: syncAfterAbout.check,
    phase: syncAfterAbout.phase,
    severity: !required ? 'warning' : outcome === 'unknown' ? 'doubt' : 'blocker',
    rootCause: kind === 'neutralise' || kind === 'migrate' ? 'sql-error' : 'compatibility',
    object,
    title: `${name}: ${said}`,
    cure: cure ?? syncAfterAbout.cure,
  };
}
