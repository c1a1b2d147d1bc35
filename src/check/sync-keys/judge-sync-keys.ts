import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { syncKeysAbout } from './about.ts';

/** A foreign key for which rows reference nothing, or that could not be looked at. */
export interface KeyLookedAt {
  readonly key: { readonly name: string; readonly schema: string; readonly table: string; readonly toSchema: string; readonly toTable: string };
  readonly rows: number | undefined;
  readonly unknown?: string;
}

/**
 * Whether staging's foreign keys hold after rows came past them. Pure.
 *
 * @param broken undefined where nobody could look
 * @param checked how many were looked at
 */
export function judgeSyncKeys(broken: readonly KeyLookedAt[] | undefined, checked: number, startedAt = performance.now()): CheckOutcome {
  const findings = (broken ?? []).map(findingOf);
  return conclude({
    gate: syncKeysAbout.check,
    phase: syncKeysAbout.phase,
    required: checked > 0 || broken === undefined,
    couldFail: broken !== undefined && checked > 0,
    proof: broken === undefined ? 'staging could not be asked' : `${showCount(checked, 'foreign key')} looked for rows that reference nothing`,
    summary:
      broken === undefined
        ? 'Whether staging’s foreign keys hold could not be asked.'
        : findings.length === 0
          ? `${showCount(checked, 'foreign key')} of staging ${checked === 1 ? 'holds' : 'hold'}.`
          : `${showCount(findings.length, 'foreign key')} of ${checked} don’t hold, or could not be looked at.`,
    findings,
    startedAt,
    ...(checked === 0 && broken !== undefined && { notApplicable: true }),
  });
}

function findingOf({ key, rows, unknown }: KeyLookedAt): Finding {
  const [from, to] = [`${key.schema}.${key.table}`, `${key.toSchema}.${key.toTable}`];
  const object = { kind: 'constraint', name: `${key.name} on ${from}` };
  return {
    id: findingId(syncKeysAbout.check, object),
    check: syncKeysAbout.check,
    phase: syncKeysAbout.phase,
    severity: rows === undefined ? 'doubt' : 'blocker',
    rootCause: 'fidelity',
    object,
    title:
      rows === undefined
        ? `${key.name} could not be looked at: ${unknown ?? 'no answer'}`
        : `${showCount(rows, 'row')} of ${from} reference rows that ${to} doesn’t have (${key.name})`,
    cure: syncKeysAbout.cure,
  };
}
