import type { Answer } from '../../check/invariant/ask-probe.ts';
import { puttingSequencesBack } from '../../check/invariant/put-sequences-back.ts';
import { readMaskedState } from '../../check/masked-constraints/read-masked-state.ts';
import type { MigrationQuery } from '../../check/migration-query/query-probe.ts';
import { writeUpQuery } from '../../check/migration-query/write-up.ts';
import { untried } from '../../check/untried.ts';
import type { CheckOutcome } from '../../core/check-outcome.ts';
import { countOf } from '../../core/count-of.ts';
import { type Failure, FailureError, failure } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { ruleGate, stopsOf } from '../../verdict/rule-gate.ts';
import { guardCluster, scriptsOf } from '../guard-cluster.ts';
import { type Run, report } from '../run.ts';
import { type Besides, spareClone } from '../spare-clone.ts';
import { withSession } from '../with-session.ts';
import { askEarly, askLate, type StoppedByQuery, type Tell } from './ask-around.ts';
import { type Batch, batchesOf, type Stepper } from './batches.ts';
import { entriesOf, type RunbookEntry } from './plan-steps.ts';

/**
 * Applies the pending migrations one by one on a clone of their own, and asks before and after each what the runbook says: beside the run's own
 * migrations the questions would be counted and measured with them. Every query has a gate; the first required one that doesn't hold ends the run.
 */
export async function rehearseSteps(context: Context, run: Run, besides: Omit<Besides, 'noTransaction'>): Promise<StoppedByQuery | undefined> {
  const { request, provided, line } = besides;
  // Where only the team's own tool knows what is pending, all are looked at.
  const isUnknown = request.settings.migrate.tool === 'command' && (line.from === 'unknown' || line.from === 'head-only');
  const known = isUnknown ? provided.migrations : line.pending;
  const entries = entriesOf(request.settings, known).filter(({ told }) => told.before.length + told.verify.length > 0);
  if (entries.length === 0) return undefined;
  context.emit({ type: 'step', phase: 'migrate', text: `Asking the queries around ${countOf(entries.length, 'migration')}` });
  const open = openQueries(entries);
  const tell = (outcome: CheckOutcome): StoppedByQuery | undefined => {
    open.delete(outcome.gate.gate);
    report(context, outcome);
    // The team may have ruled that it only advises, or that the run goes on; or that it ends also where a query proves nothing.
    const { required, outcome: judged, gate } = ruleGate(request.settings.gates, outcome.gate);
    const stops = stopsOf(request.settings.gates, gate);
    if (required && judged === 'inconclusive' && stops === true)
      return { message: `${outcome.gate.summary} The run was stopped there, and nothing more was applied.`, outcome: 'inconclusive' };
    const broken = required && judged === 'failed' && stops !== false ? outcome.findings.find(({ severity }) => severity === 'blocker') : undefined;
    return broken === undefined ? undefined : { message: `${broken.title}: the run was stopped there, and nothing more was applied.`, outcome: 'failed' };
  };
  const walked = await guardCluster(context, provided.shared, { phase: 'migrate', scripts: scriptsOf(known) }, () =>
    walk(context, run, { ...besides, noTransaction: [] }, batchesOf(request.settings.migrate, known, entries), tell),
  );
  if (context.signal.aborted) return undefined;
  // A run that is stopped says so by the query that stopped it.
  if (walked.ok) return walked.value;
  // What nobody asked must not look as if it had been.
  for (const { when, entry, query } of [...open.values()]) {
    const { title, ...why } = untried('it could not be asked', walked.failure);
    const answer: Answer = { kind: 'doubt', reason: title, ...why };
    tell(writeUpQuery({ when, revision: entry.migration.revision, query, answer, startedAt: performance.now() }));
  }
  return undefined;
}

interface OpenQuery {
  readonly when: 'before' | 'verify';
  readonly entry: RunbookEntry;
  readonly query: MigrationQuery;
}

function openQueries(entries: readonly RunbookEntry[]): Map<string, OpenQuery> {
  const each = (when: OpenQuery['when'], entry: RunbookEntry) =>
    entry.told[when].map((query): [string, OpenQuery] => [`${when}:${entry.migration.revision}:${query.name}`, { when, entry, query }]);
  return new Map(entries.flatMap((entry) => [...each('before', entry), ...each('verify', entry)]));
}

async function walk(context: Context, run: Run, besides: Besides, batches: readonly Batch[], tell: Tell): Promise<Result<StoppedByQuery | undefined>> {
  const started = await spareClone(context, run, besides, `clone of ${besides.provided.facts.database}, step by step`);
  if (!started.ok) return started;
  await using spare = started.value;
  const stepper: Stepper = { context, migrate: besides.request.settings.migrate, folder: besides.request.folder, address: spare.migrator.address };
  const masked = await onSession(context, spare.clone.admin, (session) => readMaskedState(session, besides.provided.report.masking?.columns ?? []));
  if (!masked.ok) return masked;
  const { attributes } = masked.value;
  for (const batch of batches) {
    const asked = await onSession(context, spare.clone.admin, (session) => askEarly(session, batch, attributes, tell));
    if (!asked.ok) return asked;
    if (asked.value.stopped !== undefined) return ok(asked.value.stopped);
    const failed = await batch.apply(stepper);
    if (failed !== undefined) return fail(besideFailure(batch, failed));
    const stopped = await onSession(context, spare.clone.admin, (session) => askLate(session, batch, { ...asked.value, masked: attributes }, tell));
    if (!stopped.ok || stopped.value !== undefined) return stopped;
  }
  return ok(undefined);
}

function besideFailure({ label }: Batch, failed: Failure): Failure {
  return failure(failed.code, `${label} could not be applied: ${failed.message}`, { cure: failed.cure });
}

async function onSession<T>(context: Context, admin: Parameters<typeof withSession>[1], body: (session: Session) => Promise<T>): Promise<Result<T>> {
  try {
    return await withSession(context, admin, async (session) => ok(await puttingSequencesBack(session, () => body(session))));
  } catch (error) {
    if (error instanceof FailureError) return fail(error.failure);
    throw error;
  }
}
