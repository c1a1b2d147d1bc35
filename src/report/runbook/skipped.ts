import type { RunSummary } from '../../core/run-summary.ts';

/** What a run didn't show: gates that had nothing to ask or proved nothing, and those whose proof is weakened. A sentence each. */
export function skippedOf(evidence: RunSummary | undefined): readonly string[] {
  if (evidence === undefined) return ['All of it: nothing was rehearsed yet.'];
  return evidence.gates.flatMap(({ gate, outcome, summary, weakenedBy }) => {
    if (outcome === 'not-applicable') return [`${gate}: ${summary}`];
    if (outcome === 'inconclusive') return [`${gate} proved nothing: ${summary}`];
    return weakenedBy === undefined ? [] : [`${gate} is weaker than it looks, since ${weakenedBy}.`];
  });
}
