import type { PreflightCheck, PreflightDecision, PreflightOutcome, PreflightReport } from '../../core/preflight.ts';
import { showCountOf } from '../measures.ts';

/** The advice that a decision comes down to. */
export const decisionHeadlines: Readonly<Record<PreflightDecision, string>> = {
  GO: 'The evidence applies to production',
  'NO-GO': 'Do not deploy',
  UNKNOWN: 'Not proven either way',
};

/** One sign per outcome, told apart by shape as well as by colour. */
export const preflightSigns: Readonly<Record<PreflightOutcome, string>> = { go: '✓', 'no-go': '✕', unknown: '?', 'not-applicable': '–' };

/** What a GO doesn't say. */
export const stillOwed = 'A GO authorises nothing: approval, and whoever watches the deploy, are still owed.';

/** What decides first, then what is only told, then what is fine; within these, the order of the checks. */
export function byWeight(checks: readonly PreflightCheck[]): readonly PreflightCheck[] {
  const rank = ({ outcome, required }: PreflightCheck) => (outcome === 'no-go' ? 0 : outcome === 'unknown' ? 1 : 4) + (required ? 0 : 2);
  return checks.toSorted((a, b) => rank(a) - rank(b));
}

/** Checks that ask for something to be done. */
export function isTroubled({ outcome }: PreflightCheck): boolean {
  return outcome === 'no-go' || outcome === 'unknown';
}

/** @example '17 of 20 required checks say go' */
export function countsSentence({ checks }: PreflightReport): string {
  const required = checks.filter((check) => check.required && check.outcome !== 'not-applicable');
  const passed = required.filter(({ outcome }) => outcome === 'go');
  return `${passed.length} of ${showCountOf(required.length, 'required check')} say go`;
}

/** Which rehearsal it is about. */
export function rehearsalSentence({ rehearsal }: PreflightReport): string {
  const { runId, verdict, rootSha256 } = rehearsal;
  return `Rehearsal ${runId}, ${verdict ?? 'without a verdict'}${rootSha256 === undefined ? ', not sealed' : `, root hash ${rootSha256.slice(0, 16)}…`}`;
}
