import type { defaultPolicies } from '../../config/schema.ts';
import type { ExplainedComparison, ExplainedDifference, TouchedBy, WaiverUse } from '../../core/explained-comparison.ts';
import { findingId } from '../../core/finding.ts';
import type { SchemaDifference } from '../../core/schema-difference.ts';
import type { ComparedSchemas } from '../compare/compared-schemas.ts';
import { ObjectSet } from '../compare/schema-object.ts';
import type { WaiversApplied } from '../waivers/apply-waivers.ts';
import { adviseSchema } from './advice/advise-schema.ts';
import { isMade, ownStatements } from './advice/statements-of.ts';
import { showSql } from './show-sql.ts';
import { tellDifference } from './tell-difference.ts';

export interface ExplainRequest {
  /** Name of the check, the first part of the findings' ids. */
  readonly check: string;
  /** How a person calls the sides, as `the migrated clone` (what is) and `the baseline` (what should be). */
  readonly left: string;
  readonly right: string;
  readonly policies: typeof defaultPolicies;
  /** `report`: what stood before this release doesn't fail, whatever its class. */
  readonly oldDrift?: 'fail' | 'report' | undefined;
  readonly waivers: WaiversApplied;
  /** Which side the advice would change. */
  readonly change: 'left' | 'right';
  readonly lastTouched?: (difference: SchemaDifference) => TouchedBy | undefined;
}

/** Adds to a comparison all that a person needs: sentences, how to see it, what would cure it, who touched it last, and what the team has decided about it. */
export function explainComparison(compared: ComparedSchemas, request: ExplainRequest): ExplainedComparison {
  const { differences, scope } = compared;
  const nothing = { left: new ObjectSet(), right: new ObjectSet() };
  const objects = differences.length === 0 ? nothing : (compared.objects?.() ?? nothing);
  const server = request.change === 'left' ? scope.leftServer : scope.rightServer;
  const major = Number(/PostgreSQL (\d+)/.exec(server)?.[1] ?? 18);
  const advice = adviseSchema(differences, objects, request.change, major);
  const explained = differences.map((difference): ExplainedDifference => {
    const { object, property } = difference;
    const waived = request.waivers.waived.get(difference);
    const touchedBy = request.lastTouched?.(difference);
    const shown = showSql(object, property);
    return {
      ...asStatements(difference, objects),
      id: findingId(request.check, object, property),
      title: tellDifference(difference, request.left, request.right),
      policy: policyOf(difference, request),
      ...(waived !== undefined && { waived }),
      ...(touchedBy !== undefined && { touchedBy }),
      ...(shown !== undefined && { showSql: shown }),
      advice: advice.each.get(difference) ?? { statements: [], notes: [] },
    };
  });
  const outcome = explained.some(counts) || request.waivers.uses.some(({ state }) => state !== 'used') ? 'different' : 'same';
  return {
    left: request.left,
    right: request.right,
    outcome,
    summary: summary(explained, request.waivers.uses, scope.objectsCompared),
    differences: explained,
    waivers: request.waivers.uses,
    scope: request.waivers.uses.length === 0 ? scope : { ...scope, waived: request.waivers.uses.map(({ object, property }) => `${object}: ${property}`) },
    advice: { changes: request.change, script: advice.script, without: advice.without },
  };
}

/** What only one side has is told by the statements that make it, where the text has them: they say more than a list of properties. */
function asStatements(difference: SchemaDifference, objects: { readonly left: ObjectSet; readonly right: ObjectSet }): SchemaDifference {
  const { how, object } = difference;
  if (how === 'changed' || object.kind === 'column') return difference;
  const side = how === 'only-left' ? 'left' : 'right';
  const found = objects[side].get(object.kind, object.name);
  const statements = found === undefined || !isMade(found) ? [] : ownStatements(found);
  return statements.length === 0 ? difference : { ...difference, [side]: statements.map(({ sql }) => `${sql};`).join('\n') };
}

/** What the team has decided about a difference. */
function policyOf(difference: SchemaDifference, { policies, oldDrift }: ExplainRequest): ExplainedDifference['policy'] {
  const policy = policies[difference.class];
  return policy === 'fail' && difference.oldDrift && oldDrift === 'report' ? 'report' : policy;
}

/** Whether a difference makes the sides differ: of a failing class, and not waived. */
export function counts({ policy, waived }: ExplainedDifference): boolean {
  return policy === 'fail' && waived === undefined;
}

function summary(differences: readonly ExplainedDifference[], waivers: readonly WaiverUse[], objects: number): string {
  const failing = differences.filter(counts).length;
  const waived = differences.filter(({ waived: one }) => one !== undefined);
  const reported = differences.filter((one) => one.waived === undefined && one.policy !== 'fail').length;
  const faulty = waivers.filter(({ state }) => state !== 'used').length;
  const parts = [
    failing === 0 ? `No difference that counts in ${objects} objects` : `${counted(failing, 'difference')} in ${objects} objects`,
    ...(reported === 0 ? [] : [`${reported} only reported`]),
    ...(waived.length === 0 ? [] : [tellWaived(waived)]),
    ...(faulty === 0 ? [] : [`${counted(faulty, 'waiver')} at fault`]),
  ];
  return `${parts.join('; ')}.`;
}

/** `2 waived until 2026-12-31`: the first day on which one of them ends. */
export function tellWaived(differences: readonly ExplainedDifference[]): string {
  const days = differences.flatMap(({ waived }) => (waived === undefined ? [] : [waived.expires])).toSorted();
  return `${counted(days.length, 'difference')} waived until ${days[0]}${days.at(-1) === days[0] ? '' : ' or later'}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
