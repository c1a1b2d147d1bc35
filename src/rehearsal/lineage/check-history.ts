import { judgeHeads } from '../../check/lineage/judge-heads.ts';
import { ofHistory } from '../../check/lineage/lineage-finding.ts';
import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { Failure } from '../../core/failure.ts';
import type { GateResult } from '../../core/gate.ts';
import type { Migration } from '../../core/migration.ts';
import type { Context } from '../../core/ports.ts';
import type { RehearseRequest } from '../request.ts';
import { type Run, report } from '../run.ts';
import { openApprovedRun } from './approved-run.ts';
import { headsForRun } from './heads-for-run.ts';
import { planAnchor } from './plan-anchor.ts';

/** What files alone say against a start. */
export interface HistoryChecked {
  readonly problems: readonly Failure[];
  /** The gate that ends the run before anything is copied. */
  readonly stopping: GateResult | undefined;
}

/** Looks at the history before anything is copied: its heads, whether the anchor can be one, and whether the approved evidence can be used. */
export async function checkHistory(context: Context, run: Run, request: RehearseRequest, migrations: readonly Migration[]): Promise<HistoryChecked> {
  const { settings } = request;
  const heads = headsForRun(settings.migrate, migrations);
  const { expectedHead, allowSeveralHeads } = settings.lineage;
  const judged =
    heads === undefined
      ? notUnderstood(expectedHead)
      : judgeHeads({
          ...{ heads, expectedHead, allowSeveralHeads, revisions: migrations.length },
          graph: migrations.some(({ parents }) => parents !== undefined),
        });
  if (judged !== undefined) report(context, judged);
  const problems: Failure[] = [];
  const anchor = settings.anchor === undefined ? undefined : planAnchor(migrations, settings.anchor.revision);
  if (anchor?.ok === false) problems.push(anchor.failure);
  const named = settings.anchor?.approvedEvidence ?? settings.lineage.approvedEvidence;
  const approved = named === undefined ? undefined : await openApprovedRun(request, named);
  if (approved?.ok === false) problems.push(approved.failure);
  const stopping = run.gates.find(
    ({ gate, required, outcome }) => gate === 'lineage-heads' && required && (outcome === 'failed' || outcome === 'inconclusive'),
  );
  return { problems, stopping };
}

/** A command that nobody knows may read its files in any way. */
function notUnderstood(expectedHead: string | undefined): CheckOutcome | undefined {
  if (expectedHead === undefined) return undefined;
  const finding = ofHistory('head', 'dependency-order', {
    ...{ phase: 'preconditions', severity: 'doubt' },
    title: `Whether ${expectedHead} is the head of the history is not known: only the migration command knows what its files mean.`,
    cure: 'Set migrate.tool to the tool that is used, so that its history is understood.',
  });
  return {
    findings: [finding],
    gate: {
      ...{ gate: 'lineage-heads', phase: 'preconditions', required: true, outcome: 'inconclusive', couldFail: false },
      ...{ proof: 'the files of the migration command are not understood', summary: finding.title, findingIds: [finding.id], durationMs: 0 },
    },
  };
}
