import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { Finding } from '../../core/finding.ts';
import type { RevisionPlace } from '../../core/lineage.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { ofHistory } from './lineage-finding.ts';

export interface HeadsInput {
  /** The revisions that nothing follows. */
  readonly heads: readonly RevisionPlace[];
  readonly revisions: number;
  /** Whether revisions name those that they follow. A plain list of files always has one end. */
  readonly graph: boolean;
  readonly expectedHead?: string | undefined;
  /** Why several heads are no fault. */
  readonly allowSeveralHeads?: string | undefined;
}

/** Has the history one end, and is it the one that is expected? Undefined where nobody asked and it could not have more than one. */
export function judgeHeads({ heads, revisions, graph, expectedHead, allowSeveralHeads }: HeadsInput): CheckOutcome | undefined {
  const startedAt = performance.now();
  if (!graph && expectedHead === undefined) return undefined;
  const findings: Finding[] = [];
  const shown = heads.map(({ revision, file }) => `${revision} (${file})`).join(', ');
  const place = heads[0] === undefined ? {} : { place: { file: heads[0].file } };
  if (heads.length > 1) {
    findings.push(
      ofHistory('heads', 'multiple-heads', {
        phase: 'preconditions',
        severity: allowSeveralHeads === undefined ? 'blocker' : 'warning',
        title: `The history has ${heads.length} heads: ${shown}.`,
        detail:
          allowSeveralHeads ??
          'A tool that is told to go to the head stops here, or applies one branch and leaves the other out. Which one runs first is decided by nobody.',
        expected: expectedHead ?? 'one head',
        actual: heads.map(({ revision }) => revision).join(', '),
        cure: 'Merge the heads by a revision that follows all of them (`alembic merge heads`), or put one branch behind the other.',
        ...place,
      }),
    );
  }
  if (expectedHead !== undefined && !heads.some(({ revision }) => revision === expectedHead)) {
    findings.push(
      ofHistory('head', 'dependency-order', {
        phase: 'preconditions',
        severity: 'blocker',
        title: `The history ends with ${shown === '' ? 'nothing' : shown}, and not with ${expectedHead}.`,
        expected: expectedHead,
        actual: heads.map(({ revision }) => revision).join(', '),
        cure: 'Check out the commit that is to be deployed, or correct lineage.expectedHead.',
        ...place,
      }),
    );
  }
  return conclude({
    gate: 'lineage-heads',
    phase: 'preconditions',
    required: true,
    couldFail: revisions > 0,
    proof: `${showCount(revisions, 'revision')} read, with what each of them follows${expectedHead === undefined ? '' : `; their head held against ${expectedHead}`}`,
    summary: findings[0]?.title ?? `The history has one head: ${shown}.`,
    findings,
    startedAt,
  });
}
