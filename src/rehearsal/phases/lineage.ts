import { judgeLineage } from '../../check/lineage/judge-lineage.ts';
import { countOf } from '../../core/count-of.ts';
import { type Failure, failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { SchemaDifference } from '../../core/schema-difference.ts';
import { readContentMarks } from '../../migrate/content-marks.ts';
import { type Lineage, readLineage } from '../../migrate/lineage.ts';
import type { CapturedCatalog } from '../../schema/captured-catalog.ts';
import { anchorClone } from '../lineage/anchor-clone.ts';
import { openApprovedRun } from '../lineage/approved-run.ts';
import { headsForRun } from '../lineage/heads-for-run.ts';
import { keepStructure } from '../lineage/keep-structure.ts';
import { seenByMigrator } from '../lineage/seen-by-migrator.ts';
import type { Recorder } from '../record-run.ts';
import type { RehearseRequest } from '../request.ts';
import { goOn, type PhaseReport, type Run, report, stop } from '../run.ts';
import { withSession } from '../with-session.ts';
import type { Provided } from './provision.ts';

/** What is known of the history, and the clones on which it holds. */
export interface Traced {
  readonly line: Lineage;
  /** Clones of its image are stamped where production never was. */
  readonly provided: Provided;
  /** Set where production was held against an anchor before it was stamped. */
  readonly anchored?: { readonly differences: readonly SchemaDifference[] | undefined; readonly summary: string };
}

/**
 * Which migrations does production have, and which are to come? Where it was never told, it is held against the anchor, and the clone is stamped.
 *
 * @param catalog what production's own catalogs said at the copy's snapshot; undefined where they were not read
 */
export async function lineage(
  context: Context,
  run: Run,
  recorder: Recorder,
  request: RehearseRequest,
  given: Provided,
  catalog: CapturedCatalog | undefined,
): Promise<PhaseReport<Traced>> {
  const { settings } = request;
  const structure = await keepStructure(context, recorder, given, catalog);
  if (!structure.ok) return stop(structure.failure);
  const named = settings.anchor?.approvedEvidence ?? settings.lineage.approvedEvidence;
  const approved = named === undefined ? undefined : await openApprovedRun(request, named);
  if (approved !== undefined && !approved.ok) return stop(approved.failure);
  let provided = given;
  let anchored: Traced['anchored'];
  if (settings.anchor !== undefined) {
    const held = settings.anchor.approvedEvidence === undefined ? undefined : approved?.value;
    const brought = await anchorClone(context, { run, recorder, request, provided }, settings.anchor.revision, structure.value, held);
    if (!brought.go) return brought;
    ({ provided } = brought.value);
    anchored = brought.value;
  }
  const read = await withSession(context, provided.clone.admin, (session) => readLineage(session, settings.migrate, provided.migrations));
  if (!read.ok) return stop(withAnchorTold(read.failure, request));
  const line = read.value;
  const { applied, pending, unknown } = line;
  const heads = headsForRun(settings.migrate, provided.migrations);
  context.emit({
    ...{ type: 'lineage-read', applied, unknown },
    pending: pending.map(({ revision, file, sha256 }) => ({ revision, file, sha256 })),
    ...(heads === undefined ? {} : { heads }),
  });
  const judged = judgeLineage({
    ...line,
    migrations: provided.migrations,
    ledger: line.ledger?.sqlName,
    pending: pending.map(({ revision }) => revision),
    seenOtherwise: line.ledger === undefined ? undefined : await seenByMigrator(context, run, request, provided, line.ledger),
    checksums: line.checksums === true,
    expectedPending: settings.lineage.expectedPending,
    approved: approved?.value.history,
  });
  report(context, judged);
  const problem = problemOf(line);
  if (problem !== undefined) return stop(problem);
  // As the team rules: a gate that only advises, or is off, ends nothing.
  const stopping = run.gates.find(({ gate, required, outcome }) => gate === 'lineage' && required && (outcome === 'failed' || outcome === 'inconclusive'));
  if (stopping !== undefined) return { go: false, outcome: stopping.outcome === 'failed' ? 'failed' : 'inconclusive', summary: stopping.summary };
  // Where the team only wants to be told of them, they are left out as the tool leaves them out.
  const deployed = { ...line, pending: pending.filter(({ revision }) => !line.skipped.includes(revision)) };
  const traced: Traced = { line: deployed, provided, ...(anchored === undefined ? {} : { anchored }) };
  if (line.from === 'unknown' || line.from === 'head-only') return goOn(traced, 'not-applicable', 'Only the migration tool itself knows what is pending.');
  if (pending.length === 0) {
    return stop(failure('nothing-pending', `Production has all of the repo’s ${countOf(applied.length, 'migration')} applied: there is nothing to rehearse.`));
  }
  if (pending.every(({ revision }) => line.skipped.includes(revision))) {
    const names = line.skipped.join(', ');
    return stop(failure('nothing-pending', `The tool would pass over all that isn’t applied (${names}): there is nothing to rehearse.`));
  }
  const marks = readContentMarks(deployed.pending);
  if (!marks.ok) return stop(marks.failure);
  const late = line.outOfOrder.length === 0 ? '' : ` Older than one that is applied: ${line.outOfOrder.join(', ')}.`;
  const stamped = anchored === undefined ? '' : `${anchored.summary} `;
  return goOn(
    traced,
    'passed',
    `${stamped}${applied.length} applied, ${deployed.pending.length} pending: ${deployed.pending.map(({ revision }) => revision).join(', ')}.${late}`,
  );
}

function problemOf({ unknown, edited, unfinished, refusals }: Lineage): Failure | undefined {
  const [stranger] = unknown;
  if (stranger !== undefined)
    return failure('lineage-unknown-revision', `Production has ${unknown.join(', ')}, which the repo doesn’t have.`, { object: stranger });
  const [changed] = edited;
  if (changed !== undefined) return failure('history-edited', `Edited after it ran in production: ${edited.join(', ')}.`, { object: changed });
  const [begun] = unfinished;
  if (begun !== undefined)
    return failure('migration-unfinished', `Production’s ledger says that ${unfinished.join(', ')} began and never ended.`, { object: begun });
  return refusals[0];
}

/** Whoever never stamped production has no ledger to correct. */
function withAnchorTold(problem: Failure, { settings }: RehearseRequest): Failure {
  if (problem.code !== 'ledger-unknown' || settings.migrate.ledger === undefined) return problem;
  return { ...problem, cure: `${problem.cure} Where production was migrated and never recorded it, set anchor.revision to the revision that it equals.` };
}
