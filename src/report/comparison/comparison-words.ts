import type { ExplainedComparison, ExplainedDifference, WaiverUse } from '../../core/explained-comparison.ts';
import type { ComparisonScope } from '../../core/schema-difference.ts';
import { showCount, showCountOf } from '../measures.ts';

/** What differs, as the heading of a difference: the property, or that one side lacks the object. */
export function whatDiffers({ property, how }: ExplainedDifference, left: string, right: string): string {
  if (how === 'only-left') return `only in ${left}`;
  if (how === 'only-right') return `only in ${right}`;
  return property ?? 'its statements';
}

/** What the team has decided, or that it doesn't count; undefined where a difference counts. */
export function standingOf({ waived, policy, oldDrift }: ExplainedDifference): string | undefined {
  const parts = [
    ...(waived === undefined ? [] : [`waived until ${waived.expires}: ${waived.reason}`]),
    ...(waived === undefined && policy === 'report' ? ['only reported'] : []),
    ...(policy === 'ignore' ? ['ignored by policy'] : []),
    ...(oldDrift ? ['was there before this release'] : []),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
}

export const waiverStates: Readonly<Record<WaiverUse['state'], string>> = {
  used: 'in use',
  expired: 'expired',
  unmatched: 'matches nothing',
  ambiguous: 'means several: name the kind',
};

/** The scope of a comparison as terms and their texts: printed every time, so that nobody has to guess what "same" means. */
export function scopeRows({ scope, waivers, hidden }: ExplainedComparison): readonly (readonly [term: string, text: string])[] {
  const kinds = Object.entries(scope.kinds).map(([kind, count]) => `${kind} ${showCount(count)}`);
  const facts = scope.factsCompared === undefined ? '' : `, ${showCountOf(scope.factsCompared, 'property', 'properties')} read from the catalogs`;
  return [
    ['Compared', `${showCountOf(scope.objectsCompared, 'object')}${facts}`],
    ['Kinds', kinds.join(', ')],
    ['By', scope.engines.join('; ')],
    ...(scope.cycles > 0
      ? [['Expressions', `compared after ${showCountOf(scope.cycles, 'dump and restore', 'dumps and restores')} of both sides`] as const]
      : []),
    ...(scope.included === undefined ? [] : [['Only schemas', scope.included.join(', ')] as const]),
    ...(hidden === undefined
      ? []
      : [['Not told here', `${showCountOf(hidden.differences, 'difference')} of other classes than ${hidden.classes.join(', ')}, as asked for`] as const]),
    ['Left out', scope.excluded.length === 0 ? 'nothing' : scope.excluded.join(', ')],
    ['Waived', waivers.length === 0 ? 'nothing' : showCountOf(waivers.filter(({ state }) => state === 'used').length, 'waiver')],
    ...(scope.incomplete === undefined || scope.incomplete.length === 0 ? [] : [['Incomplete', scope.incomplete.join('; ')] as const]),
    ['Not compared', scope.notCompared.join('; ')],
    ...unmodelled(scope),
    ['Fingerprints', `${scope.leftFingerprint} ${scope.rightFingerprint}`],
  ];
}

function unmodelled({ unmodelled: all }: ComparisonScope): readonly (readonly [string, string])[] {
  return all === undefined || all.length === 0 ? [] : [['Unmodelled', `${showCountOf(all.length, 'catalog column')}: ${all.join('; ')}`]];
}
