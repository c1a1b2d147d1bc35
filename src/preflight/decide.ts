import type { Settings } from '../config/schema.ts';
import { type PreflightCheck, type PreflightCheckName, type PreflightFinding, type PreflightReport, preflightCheckNames } from '../core/preflight.ts';

type Weights = Settings['preflight']['checks'];

/** A merge makes another commit of the same files, which their hashes answer for. */
const advisoryUnlessGiven: ReadonlySet<PreflightCheckName> = new Set(['commit']);

/**
 * GO only when every required check says so; pure. One required NO-GO decides, whatever else isn't known. A check that nobody carried out is unknown, and so is
 * the whole where not one required check could say go.
 */
export function decide(
  findings: readonly PreflightFinding[],
  weights: Weights,
): Pick<PreflightReport, 'decision' | 'exitCode' | 'summary'> & { readonly checks: readonly PreflightCheck[] } {
  const checks = preflightCheckNames.map((check): PreflightCheck => {
    const found = findings.find((one) => one.check === check) ?? { check, outcome: 'unknown', summary: 'It was not looked at.', reasons: [] };
    const weight = weights[check] ?? (advisoryUnlessGiven.has(check) ? 'advisory' : 'required');
    return { ...found, required: weight === 'required' };
  });
  const required = checks.filter((check) => check.required);
  const against = required.filter(({ outcome }) => outcome === 'no-go');
  const open = required.filter(({ outcome }) => outcome === 'unknown');
  const passed = required.filter(({ outcome }) => outcome === 'go');
  if (against.length > 0) return { checks, decision: 'NO-GO', exitCode: 1, summary: sentence(against) };
  if (open.length > 0) return { checks, decision: 'UNKNOWN', exitCode: 3, summary: sentence(open) };
  if (passed.length === 0) return { checks, decision: 'UNKNOWN', exitCode: 3, summary: 'No required check could say go.' };
  const advisory = checks.filter((check) => !check.required && check.outcome !== 'go' && check.outcome !== 'not-applicable');
  const also = advisory.length === 0 ? '' : ` Not decided by: ${advisory.map(({ check }) => check).join(', ')}.`;
  return { checks, decision: 'GO', exitCode: 0, summary: `Production is what was rehearsed, and nothing stands in the way.${also}` };
}

/** The first in full, the others by name. */
function sentence([first, ...others]: readonly PreflightCheck[]): string {
  if (first === undefined) return '';
  return `${first.summary}${others.length === 0 ? '' : ` Also: ${others.map(({ check }) => check).join(', ')}.`}`;
}
