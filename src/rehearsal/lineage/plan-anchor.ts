import { failure } from '../../core/failure.ts';
import type { Migration } from '../../core/migration.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { headsOf, withAncestors } from '../../migrate/heads.ts';
import { matchRevisions } from '../../migrate/match-revisions.ts';

/** The revision that production is taken for, and what that means. */
export interface AnchorPlan {
  readonly revision: string;
  /** Revisions that count as applied, in the repo's order. */
  readonly applied: readonly string[];
  readonly pending: readonly string[];
}

/**
 * What stamping with a revision would mean. Files alone decide, so that nothing is copied for a stamp that is refused.
 *
 * Fails with `stamp-refused`: the repo has no such revision, it is a head, or nothing would be left to apply.
 */
export function planAnchor(migrations: readonly Migration[], anchor: string): Result<AnchorPlan> {
  const revision = matchRevisions(migrations, 'any')(anchor)?.revision;
  if (revision === undefined) {
    const newest = migrations.slice(-3).map((one) => one.revision);
    return refuse(anchor, `it is none of the ${migrations.length} revisions of the repo; the newest are ${newest.join(', ')}`);
  }
  const below = withAncestors(migrations, [revision]);
  const applied = migrations.filter((one) => below.has(one.revision)).map((one) => one.revision);
  const pending = migrations.filter((one) => !below.has(one.revision)).map((one) => one.revision);
  if (pending.length === 0) return refuse(revision, 'nothing would be left to apply: what can’t be seen to run proves nothing');
  if (headsOf(migrations).includes(revision)) return refuse(revision, 'it is a head of the history, and production never ran what leads there');
  return ok({ revision, applied, pending });
}

function refuse(anchor: string, why: string): Result<never> {
  return fail(failure('stamp-refused', `The clone is not stamped with ${anchor}: ${why}.`, { object: anchor }));
}
