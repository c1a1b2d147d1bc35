import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import type { ReferencesReport } from '../../core/objects-report.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { objectReferences } from './about.ts';

/** Keys that a finding names. */
const named = 5;

/** Whether the keys that rows name are in the bucket. Keys that production lacks as well are told, and fail nothing: staging is then as production is. Pure. */
export function judgeObjectReferences({ named: asked, missingCount, missing }: ReferencesReport, startedAt = performance.now()): CheckOutcome {
  const findings = [...Map.groupBy(missing, ({ place, alsoInProduction }) => JSON.stringify([place, alsoInProduction]))].map(([group, keys]) => {
    const [place, everywhere] = JSON.parse(group) as [string, boolean];
    return toFinding(place, everywhere, keys);
  });
  if (missingCount > missing.length) findings.push(unnamed(missingCount - missing.length));
  return conclude({
    ...{ gate: 'object-references', phase: objectReferences.phase, required: true, startedAt, findings },
    couldFail: asked > 0,
    proof: asked === 0 ? 'no row names an object' : `${showCount(asked, 'key')} of rows looked for in a listing of the bucket`,
    summary:
      missingCount === 0
        ? `The bucket has all objects that ${showCount(asked, 'row')} name.`
        : `The bucket lacks ${showCount(missingCount, 'object')} that rows name.`,
  });
}

function toFinding(place: string, everywhere: boolean, keys: readonly { readonly key: string }[]): Finding {
  const object = { kind: 'column', name: place };
  return {
    ...{ check: 'object-references', phase: objectReferences.phase, rootCause: 'data-loss', object },
    id: findingId('object-references', object, everywhere ? 'nowhere' : undefined),
    severity: everywhere ? 'warning' : 'blocker',
    title: `${place} names ${showCount(keys.length, 'object')} that ${everywhere ? 'neither bucket has' : 'staging’s bucket lacks and production’s has'}`,
    detail: keys
      .slice(0, named)
      .map(({ key }) => JSON.stringify(key))
      .join('\n'),
    cure: objectReferences.cure,
  };
}

/** Whether production has them wasn't asked, one by one. */
function unnamed(count: number): Finding {
  const object = { kind: 'objects', name: 'further keys' };
  return {
    ...{ check: 'object-references', phase: objectReferences.phase, rootCause: 'data-loss', object, severity: 'blocker' },
    id: findingId('object-references', object),
    title: `${showCount(count, 'further object')} that rows name ${count === 1 ? 'is' : 'are'} missing on staging`,
    cure: objectReferences.cure,
  };
}
