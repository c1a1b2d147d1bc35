import type { Settings } from '../config/schema.ts';
import { type PreflightCheck, type PreflightFinding, type PreflightReport, preflightCheckNames } from '../core/preflight.ts';

type Weights = Settings['preflight']['checks'];

/**
 * What decides unless the team says otherwise. Where migrations are files of SQL, their hashes answer for them, whatever the commit. A tool's migrations are
 * programs that use other files of the repo, of which no hash is known but the commit's. Pure.
 */
export function weightsOf({ migrate, preflight }: Pick<Settings, 'migrate' | 'preflight'>): Weights {
  return { commit: migrate.tool === 'command' ? 'required' : 'advisory', ...preflight.checks };
}

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
    return { ...found, required: weights[check] !== 'advisory' };
  });
  const required = checks.filter((check) => check.required);
  const against = required.filter(({ outcome }) => outcome === 'no-go');
  const open = required.filter(({ outcome }) => outcome === 'unknown');
  const passed = required.filter(({ outcome }) => outcome === 'go');
  if (against.length > 0) return { checks, decision: 'NO-GO', exitCode: 1, summary: sentence(against) };
  if (open.length > 0) return { checks, decision: 'UNKNOWN', exitCode: 3, summary: sentence(open) };
  if (passed.length === 0) return { checks, decision: 'UNKNOWN', exitCode: 3, summary: 'No required check could say go.' };
  const advisory = checks.filter((check) => !check.required && check.outcome !== 'go' && check.outcome !== 'not-applicable');
  const names = (outcome: PreflightCheck['outcome']) => advisory.filter((one) => one.outcome === outcome).map(({ check }) => check);
  // Nobody may read that production is what was rehearsed where a check says that it isn't.
  const [opposed, doubted] = [names('no-go'), names('unknown')];
  const told = [
    ...(opposed.length > 0 ? [`Against it, and only advisory: ${opposed.join(', ')}.`] : []),
    ...(doubted.length > 0 ? [`Not known, and only advisory: ${doubted.join(', ')}.`] : []),
  ];
  const summary = told.length === 0 ? 'Production is what was rehearsed, and nothing stands in the way.' : ['Every required check says go.', ...told].join(' ');
  return { checks, decision: 'GO', exitCode: 0, summary };
}

/** The first in full, the others by name. */
function sentence([first, ...others]: readonly PreflightCheck[]): string {
  if (first === undefined) return '';
  return `${first.summary}${others.length === 0 ? '' : ` Also: ${others.map(({ check }) => check).join(', ')}.`}`;
}
