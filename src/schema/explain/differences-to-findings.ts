import type { Waiver } from '../../config/load-waivers.ts';
import type { defaultPolicies } from '../../config/schema.ts';
import type { ExplainedComparison, ExplainedDifference, TouchedBy, WaiverUse } from '../../core/explained-comparison.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import type { GateResult } from '../../core/gate.ts';
import type { ObjectName } from '../../core/object-name.ts';
import type { Phase } from '../../core/phase.ts';
import type { RootCause } from '../../core/root-cause.ts';
import type { DifferenceClass, SchemaDifference } from '../../core/schema-difference.ts';
import type { ComparedSchemas } from '../compare/compared-schemas.ts';
import { applyWaivers, tellWaiver } from '../waivers/apply-waivers.ts';
import { counts, explainComparison, tellWaived } from './explain-comparison.ts';

export interface FindingsRequest {
  readonly phase: Phase;
  readonly policies: typeof defaultPolicies;
  /** `schema-equality` unless told; the findings' check has the same name. */
  readonly gate?: string;
  readonly required: boolean;
  /** What becomes of differences that stood before this release; `fail`, as any other of its class, unless told. */
  readonly oldDrift?: 'fail' | 'report' | undefined;
  /** How a person calls the sides, as `the migrated clone` (what is) and `the baseline` (what should be). */
  readonly left: string;
  readonly right: string;
  readonly durationMs: number;
  /** What a difference of a failing class is. `doubt` where the comparison judges a copy and not a deploy, `warning` where it only informs; `blocker` unless told. */
  readonly severity?: 'blocker' | 'doubt' | 'warning';
  /** The team's waivers; those of another comparison are left aside. None unless told. */
  readonly waivers?: { readonly all: readonly Waiver[]; readonly today: string; readonly comparison: Waiver['comparison'] };
  /** The migration that touched an object last, where the history is known. */
  readonly lastTouched?: (object: ObjectName) => TouchedBy | undefined;
}

const rootCauses: Partial<Record<Phase, RootCause>> = { drift: 'schema-drift', fidelity: 'fidelity', rollback: 'rollback', lineage: 'schema-drift' };

export interface ComparisonFindings {
  readonly findings: readonly Finding[];
  readonly gate: GateResult;
  readonly explained: ExplainedComparison;
}

/**
 * Turns a comparison into findings, the gravest class first, and the gate that they pass or fail. The left side is what is, the right side what should be.
 * Waived differences only inform; a waiver that is itself at fault (expired, unmatched, ambiguous) leaves the gate inconclusive.
 */
export function differencesToFindings(comparison: ComparedSchemas, request: FindingsRequest): ComparisonFindings {
  const gate = request.gate ?? 'schema-equality';
  const { waivers, lastTouched } = request;
  const explained = explainComparison(comparison, {
    check: gate,
    left: request.left,
    right: request.right,
    policies: request.policies,
    oldDrift: request.oldDrift,
    waivers: applyWaivers(comparison.differences, waivers?.all ?? [], waivers?.today ?? '', waivers?.comparison),
    change: 'left',
    ...(lastTouched !== undefined && { lastTouched: ({ object }: SchemaDifference) => lastTouched(object) }),
  });
  const told = explained.differences.filter(({ policy }) => policy !== 'ignore');
  const blockers = told.filter(counts).length;
  const faulty = explained.waivers.flatMap((use) => waiverFinding(use, request));
  const findings = [...told.map((difference) => findingOf(difference, gate, request)), ...faulty];
  const failing = request.severity ?? 'blocker';
  const { objectsCompared, cycles } = comparison.scope;
  const couldFail = objectsCompared > 0 && Object.values(request.policies).includes('fail');
  const passed = blockers === 0 && faulty.length === 0 && couldFail;
  return {
    findings,
    explained,
    gate: {
      gate,
      phase: request.phase,
      required: request.required,
      outcome: passed ? 'passed' : blockers > 0 && failing !== 'doubt' ? 'failed' : 'inconclusive',
      couldFail,
      proof: `comparison of ${objectsCompared} objects${cycles === 0 ? '' : `, expressions compared after ${cycles} dump/restore cycle${cycles === 1 ? '' : 's'}`}`,
      summary: summary(explained, blockers, faulty.length, request),
      findingIds: findings.map((finding) => finding.id),
      durationMs: request.durationMs,
    },
  };
}

function summary({ differences, scope }: ExplainedComparison, blockers: number, faulty: number, { left, right }: FindingsRequest): string {
  const { objectsCompared } = scope;
  if (objectsCompared === 0) return `There was nothing to compare in ${left} and ${right}.`;
  const ignored = differences.filter(({ policy }) => policy === 'ignore').length;
  const waived = differences.filter((difference) => difference.waived !== undefined && difference.policy !== 'ignore');
  const harmless = differences.length - ignored - waived.length - blockers;
  const more = [...(waived.length === 0 ? [] : [tellWaived(waived)]), ...(faulty === 0 ? [] : [`${counted(faulty, 'waiver')} at fault`])]
    .map((text) => `; ${text}`)
    .join('');
  if (blockers > 0)
    return `${capital(left)} differs from ${right} in ${counted(blockers, 'place')}${harmless === 0 ? '' : `; ${harmless} more only reported`}${more}.`;
  if (harmless > 0)
    return `${capital(left)} equals ${right} but for ${counted(harmless, 'difference')} that ${harmless === 1 ? 'is' : 'are'} only reported${more}.`;
  if (waived.length > 0) return `${capital(left)} equals ${right} but for ${more.slice(2)}.`;
  if (ignored > 0) return `${capital(left)} equals ${right} but for ${counted(ignored, 'difference')} of classes that the policies ignore${more}.`;
  return `${capital(left)} equals ${right}: ${objectsCompared} objects compared${more}.`;
}

function findingOf(difference: ExplainedDifference, check: string, request: FindingsRequest): Finding {
  const { id, title, object, left, right, explanation, waived, touchedBy, showSql, advice, oldDrift } = difference;
  const severity = counts(difference) ? (request.severity ?? 'blocker') : 'warning';
  return {
    id,
    check,
    phase: request.phase,
    severity,
    rootCause: oldDrift ? 'schema-drift' : rootCauseOf(request),
    object,
    title,
    ...(explanation !== undefined && { detail: explanation }),
    expected: right ?? '(none)',
    actual: left ?? '(none)',
    differenceClass: difference.class,
    ...(oldDrift && { oldDrift }),
    ...(waived !== undefined && { waived }),
    ...(touchedBy !== undefined && { migration: touchedBy.migration, ...(touchedBy.place !== undefined && { place: touchedBy.place }) }),
    cure: waived === undefined ? cureFor(difference, request) : `Nothing until ${waived.expires}: it is waived.`,
    ...(showSql !== undefined && { showSql }),
    ...(advice.statements.length > 0 && { advice }),
  };
}

/** A waiver that is at fault, as a finding; nothing for one that is used. */
function waiverFinding(use: WaiverUse, request: FindingsRequest): readonly Finding[] {
  const title = tellWaiver(use);
  if (title === undefined) return [];
  const object = { kind: use.kind ?? 'object', name: use.object };
  return [
    {
      id: findingId('waiver', object, use.property),
      check: 'waiver',
      phase: request.phase,
      severity: 'doubt',
      rootCause: rootCauseOf(request),
      object,
      title,
      detail: `It was given because: ${use.reason}`,
      place: use.place,
      cure:
        use.state === 'ambiguous'
          ? 'Name the kind in the waiver.'
          : use.state === 'unmatched'
            ? 'Take it out of the file, or correct the name of the object or property.'
            : 'Correct the difference, or decide again and set a new day.',
    },
  ];
}

function rootCauseOf({ phase }: FindingsRequest): RootCause {
  return rootCauses[phase] ?? 'structural-parity';
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
  if (phase === 'drift' || phase === 'lineage') return `Find out who changed it, and bring ${left} and ${right} together by a migration.`;
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
