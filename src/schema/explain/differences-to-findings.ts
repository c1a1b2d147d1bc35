import type { defaultPolicies } from '../../config/schema.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import type { GateResult } from '../../core/gate.ts';
import type { Phase } from '../../core/phase.ts';
import type { RootCause } from '../../core/root-cause.ts';
import type { Comparison, DifferenceClass, SchemaDifference } from '../../core/schema-difference.ts';
import { showSql } from './show-sql.ts';
import { tellDifference } from './tell-difference.ts';

export interface FindingsRequest {
  readonly phase: Phase;
  readonly policies: typeof defaultPolicies;
  /** `schema-equality` unless told; the findings' check has the same name. */
  readonly gate?: string;
  readonly required: boolean;
  /** How a person calls the sides, as `the migrated clone` (what is) and `the baseline` (what should be). */
  readonly left: string;
  readonly right: string;
  readonly durationMs: number;
  /** What a difference of a failing class is. `doubt` where the comparison judges a copy and not a deploy, `warning` where it only informs; `blocker` unless told. */
  readonly severity?: 'blocker' | 'doubt' | 'warning';
}

const rootCauses: Partial<Record<Phase, RootCause>> = { drift: 'schema-drift', fidelity: 'fidelity', rollback: 'rollback', lineage: 'schema-drift' };

/** Turns a comparison into findings, the gravest class first, and the gate that they pass or fail. The left side is what is, the right side what should be. */
export function differencesToFindings(comparison: Comparison, request: FindingsRequest): { readonly findings: readonly Finding[]; readonly gate: GateResult } {
  const gate = request.gate ?? 'schema-equality';
  const findings = comparison.differences
    .filter((difference) => request.policies[difference.class] !== 'ignore')
    .map((difference) => findingOf(difference, gate, request));
  const failing = request.severity ?? 'blocker';
  const blockers = findings.filter(({ differenceClass }) => differenceClass !== undefined && request.policies[differenceClass] === 'fail');
  const { objectsCompared, cycles } = comparison.scope;
  const couldFail = objectsCompared > 0 && Object.values(request.policies).includes('fail');
  return {
    findings,
    gate: {
      gate,
      phase: request.phase,
      required: request.required,
      outcome: blockers.length === 0 && couldFail ? 'passed' : blockers.length > 0 && failing !== 'doubt' ? 'failed' : 'inconclusive',
      couldFail,
      proof: `comparison of ${objectsCompared} objects${cycles === 0 ? '' : `, expressions compared after ${cycles} dump/restore cycle${cycles === 1 ? '' : 's'}`}`,
      summary: summary(comparison, blockers.length, findings.length, request),
      findingIds: findings.map((finding) => finding.id),
      durationMs: request.durationMs,
    },
  };
}

function summary(comparison: Comparison, blockers: number, findings: number, { left, right }: FindingsRequest): string {
  const { objectsCompared } = comparison.scope;
  if (objectsCompared === 0) return `There was nothing to compare in ${left} and ${right}.`;
  const ignored = comparison.differences.length - findings;
  if (findings === 0 && ignored > 0) return `${capital(left)} equals ${right} but for ${counted(ignored, 'difference')} of classes that the policies ignore.`;
  if (findings === 0) return `${capital(left)} equals ${right}: ${objectsCompared} objects compared.`;
  const harmless = findings - blockers;
  if (blockers === 0) return `${capital(left)} equals ${right} but for ${counted(harmless, 'difference')} that ${harmless === 1 ? 'is' : 'are'} only reported.`;
  return `${capital(left)} differs from ${right} in ${counted(blockers, 'place')}${harmless === 0 ? '' : `; ${harmless} more only reported`}.`;
}

function findingOf(difference: SchemaDifference, check: string, request: FindingsRequest): Finding {
  const { object, property, left, right, explanation } = difference;
  const sql = showSql(object, property);
  return {
    id: findingId(check, object, property),
    check,
    phase: request.phase,
    severity: request.policies[difference.class] === 'fail' ? (request.severity ?? 'blocker') : 'warning',
    rootCause: rootCauses[request.phase] ?? 'structural-parity',
    object,
    title: tellDifference(difference, request.left, request.right),
    ...(explanation !== undefined && { detail: explanation }),
    expected: right ?? '(none)',
    actual: left ?? '(none)',
    differenceClass: difference.class,
    cure: cureFor(difference, request),
    ...(sql !== undefined && { showSql: sql }),
  };
}

const byClass: Partial<Record<DifferenceClass, string>> = {
  order: 'Harmless for SQL that names its columns; if the team accepts it, set schemaGate.policies.order to report.',
  'deparse-only': 'Nothing: it means the same, and was written otherwise only because one side was restored from a dump.',
  environment: 'Check that both servers have the same versions and settings.',
  unstable: 'Make the expression independent of when or where the schema is built.',
  unexplained: 'Compare both statements by hand, and report what the comparison overlooked.',
};

function cureFor(difference: SchemaDifference, { left, right, phase }: FindingsRequest): string {
  const known = byClass[difference.class];
  if (known !== undefined) return known;
  if (phase === 'drift') return `Find out who changed it, and bring ${left} and ${right} together by a migration.`;
  if (phase === 'rollback') return 'Correct the way back, so that it restores what was there before.';
  if (phase === 'fidelity') return 'Repair the copy: it is no true image of its source.';
  if (difference.how === 'only-right') return `Create it in the migration, or take it out of ${right}.`;
  if (difference.how === 'only-left') return `Drop it in the migration, or add it to ${right}.`;
  if (difference.property === 'name') return `Rename it in the migration, or in ${right}: a later migration that calls it by name would fail.`;
  return `Correct the migration, or ${right}, so that both say the same.`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
