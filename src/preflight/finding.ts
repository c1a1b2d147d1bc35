import type { PreflightCheckName, PreflightFinding } from '../core/preflight.ts';

interface More {
  readonly reasons?: readonly string[];
  readonly cure?: string;
}

const make =
  (outcome: PreflightFinding['outcome']) =>
  (check: PreflightCheckName, summary: string, { reasons = [], cure }: More = {}): PreflightFinding => ({
    check,
    outcome,
    summary,
    reasons,
    ...(cure === undefined ? {} : { cure }),
  });

/** What a check found, by its outcome. @example noGo('schema', '2 differences.', { reasons, cure: 'Rehearse again.' }) */
export const go = make('go');
export const noGo = make('no-go');
export const unknown = make('unknown');
export const notApplicable = make('not-applicable');

/** What production's change asks for: only a new rehearsal can say what the deploy does to what production is now. */
export const rehearseAgain = 'Rehearse again (`pgrehearse run`), or undo the change in production.';
