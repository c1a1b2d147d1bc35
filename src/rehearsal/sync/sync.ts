import { judgeObjectParity } from '../../check/object-parity/judge-object-parity.ts';
import { judgeObjectReferences } from '../../check/object-references/judge-object-references.ts';
import { showCount } from '../../check/show-count.ts';
import { judgeSyncAfter } from '../../check/sync-after/judge-sync-after.ts';
import { judgeSyncKeys } from '../../check/sync-keys/judge-sync-keys.ts';
import { judgeSyncTables } from '../../check/sync-tables/judge-sync-tables.ts';
import type { SyncSettings } from '../../config/settings/sync.ts';
import { jobsFor } from '../../copy/jobs-for.ts';
import { type Failure, failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { showAddress } from '../../core/server.ts';
import type { AfterStep, TablesReport } from '../../core/sync.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import { checkReferences } from '../../sync/objects/check-references.ts';
import { makeWish } from '../../sync/objects/make-wish.ts';
import { planObjects } from '../../sync/objects/plan-objects.ts';
import { syncObjects } from '../../sync/objects/sync-objects.ts';
import { exitCode } from '../../verdict/exit-code.ts';
import { judge } from '../../verdict/judge.ts';
import { knownAddress, showPlace } from '../cloud/place.ts';
import { openRecorder, type Recorder, type RunEnd } from '../record-run.ts';
import type { RunResult } from '../rehearse.ts';
import { goOn, Run, report, stop } from '../run.ts';
import { askStaging, type DecidedStep, migrateStaging } from './after-sync.ts';
import { claimStaging } from './claim-staging.ts';
import { type Neutraliser, neutralise, neutralisersOf, readNeutralisers } from './neutralise.ts';
import { type OpenTables, openTables } from './open-tables.ts';
import { rowKeys } from './row-keys.ts';
import type { SyncRequest } from './sync-request.ts';
import { syncTables } from './sync-tables.ts';

/**
 * Brings production's tables and objects to staging: proves both sides, plans, copies, proves what came, neutralises, migrates, asks. A run with evidence and a
 * verdict: whatever did not come is a BLOCKER that names it, and what staging then holds.
 *
 * Fails only where there is nothing to sync, or not even the run folder could be made.
 *
 * @example const ended = await sync(context, { settings, folder: process.cwd(), toolVersion: '1.0.0' });
 */
export async function sync(context: Context, request: SyncRequest): Promise<Result<RunResult>> {
  const { settings } = request;
  if (settings.sync === undefined) return fail(noSection());
  const production = settings.sync.production === undefined ? undefined : knownAddress(context, settings.sync.production);
  const label =
    settings.sync.production === undefined ? (settings.sync.objects?.production.bucket ?? '') : showPlace(context, settings.sync.production, showAddress);
  const { only: _, tables: __, ...about } = request;
  const opened = await openRecorder(context, about, { scope: 'sync', label, production });
  if (!opened.ok) return opened;
  const recorder = opened.value;
  const run = new Run(recorder.context, recorder.hide, settings.gates, recorder.shown);
  try {
    await carryOut(run, recorder, request, settings.sync);
  } finally {
    await run.release();
  }
  return ok(await conclude(run, recorder));
}

export function noSection(): Failure {
  return failure('config-invalid', 'The configuration has no section sync.', { cure: 'Add sync.production and sync.staging, or sync.objects.' });
}

interface Ready {
  readonly tables: OpenTables | undefined;
  readonly neutralisers: readonly Neutraliser[];
}

async function carryOut(run: Run, recorder: Recorder, request: SyncRequest, settings: SyncSettings): Promise<void> {
  const { folder } = request;
  const asking = { folder, hide: run.hide };
  const ready = await run.phase('preconditions', (context) => preflight(context, run, recorder, request, settings));
  if (ready === undefined) return;
  const { tables } = ready.value;
  const brought = await run.phase('provision', (context) => bring(context, recorder, request, settings, ready.value));
  if (brought === undefined) return;
  const { steps } = brought.value;
  await run.phase('data-gate', async (context) => {
    brought.value.judge(context);
    const gates = run.gates.filter(({ phase }) => phase === 'data-gate');
    return goOn(undefined, run.outcomeOf('data-gate'), gates.map(({ summary }) => summary).join(' '));
  });
  const after = afterOf(request, settings);
  const migrated = await run.phase('migrate', async (context) => {
    const step = await migrateStaging(context, tables?.staging, after.migrate, asking);
    if (step === undefined) return goOn<readonly DecidedStep[]>([], 'not-applicable', 'No migration of staging is configured.');
    tell(context, step);
    return goOn<readonly DecidedStep[]>([step], step.outcome === 'done' ? 'passed' : 'failed', `${step.name}: ${step.said}`);
  });
  await run.phase('compatibility', async (context) => {
    const asked = await askStaging(context, tables?.staging, after, asking);
    for (const step of asked) tell(context, step);
    const all = [...steps, ...(migrated?.value ?? []), ...asked];
    report(context, judgeSyncAfter(all));
    const gate = run.gates.findLast((one) => one.gate === 'sync-after');
    return goOn(undefined, run.outcomeOf('compatibility'), gate?.summary ?? '');
  });
}

/** Without its databases nothing is migrated, by a command that another variable might lead elsewhere, and no rows are counted. */
function afterOf({ only }: SyncRequest, { production, after }: SyncSettings): SyncSettings['after'] {
  return only === 'objects' && production !== undefined ? { ...after, migrate: undefined, counts: [] } : after;
}

function tell(context: Context, { required: _, ...step }: DecidedStep): void {
  context.emit({ type: 'after-sync', step: step satisfies AfterStep });
}

/** Both accounts and both databases, before anything is read; then what would be done. */
async function preflight(context: Context, run: Run, recorder: Recorder, request: SyncRequest, settings: SyncSettings) {
  const { folder, only } = request;
  const neutralisers = await readNeutralisers(settings, folder);
  if (!neutralisers.ok) return stop(neutralisers.failure);
  const said: string[] = [];
  if (settings.objects !== undefined && only !== 'tables') {
    const planned = await planObjects(context, makeWish(settings.objects, { folder: recorder.runFolder, phase: 'preconditions' }));
    if (!planned.ok) return stop(planned.failure);
    said.push(`${showCount(planned.value.report.source.objects, 'object')} in production’s bucket.`);
  }
  if (only === 'objects' || settings.production === undefined)
    return goOn<Ready>({ tables: undefined, neutralisers: neutralisers.value }, 'passed', said.join(' '));
  const opened = await openTables(context, request, settings);
  if (!opened.ok) return stop(opened.failure);
  const tables = opened.value;
  run.closeAtEnd(tables);
  const claimed = await claimStaging(tables.staging);
  if (!claimed.ok) return stop(claimed.failure);
  const { plan } = tables.planned;
  context.emit({ type: 'tables-planned', plan });
  const refused = plan.refused.length === 0 ? '' : ` ${plan.refused.length} refused: ${plan.refused.map(({ table }) => table).join(', ')}.`;
  const summary = `${showCount(plan.tables.length, 'table')} to sync.${refused} ${said.join(' ')}`.trim();
  if (settings.tables.transaction === 'all' && plan.refused.length > 0) {
    const [first] = plan.refused;
    const message = `Everything is to be one transaction, and ${first?.table} can’t be synced: ${first?.reasons[0]?.reason}.`;
    context.emit({ type: 'step', phase: 'preconditions', text: summary });
    return stop(failure('sync-failed', message, { rootCause: 'structural-parity', cure: first?.reasons[0]?.cure ?? '' }));
  }
  return goOn<Ready>({ tables, neutralisers: neutralisers.value }, 'passed', summary);
}

/** Nothing is taken back: each table is as it was, or as it becomes. */
function interruptedSync({ tables }: TablesReport): Failure {
  const synced = tables.filter(({ outcome }) => outcome === 'synced').length;
  const unknown = tables.filter(({ outcome }) => outcome === 'unknown').length;
  const others = `${unknown === 0 ? '' : `, of ${unknown} it isn’t known`}${synced + unknown === tables.length ? '' : ', all others the rows that they had'}`;
  return failure('interrupted', `The sync was interrupted: ${synced} of ${tables.length} tables hold production’s rows${others}.`, {
    cure: 'Run it again: it replaces all of them.',
  });
}

interface Brought {
  readonly steps: readonly DecidedStep[];
  /** Says the gates over what came. */
  readonly judge: (context: Context) => void;
}

async function bring(context: Context, recorder: Recorder, request: SyncRequest, settings: SyncSettings, { tables, neutralisers }: Ready) {
  const steps: DecidedStep[] = [];
  const judges: ((context: Context) => void)[] = [];
  const said: string[] = [];
  if (tables !== undefined) {
    const { production, staging, planned } = tables;
    const wanted = { sync: settings, jobs: jobsFor(context), neutralisers: neutralisersOf(neutralisers) };
    const { report: done, broken } = await syncTables(context, production, staging, planned, wanted);
    context.emit({ type: 'tables-synced', report: done });
    if (context.signal.aborted) return stop(interruptedSync(done));
    // At once: from the first commit on, production's rows are where staging's application works.
    for (const step of await neutralise(context, staging, neutralisers)) {
      steps.push({ ...step, required: true });
      tell(context, { ...step, required: true });
    }
    const checked = planned.foreignKeys.filter(({ validated }) => validated).length;
    judges.push((at) => report(at, judgeSyncTables(done, planned.plan)));
    judges.push((at) => report(at, judgeSyncKeys(broken, checked)));
    said.push(`${done.tables.filter(({ outcome }) => outcome === 'synced').length} of ${done.tables.length} tables, ${showCount(done.rows, 'row')}.`);
  }
  const { objects } = settings;
  if (objects !== undefined && request.only !== 'tables') {
    const wish = makeWish(objects, { folder: recorder.runFolder, phase: 'provision' });
    const stopTold = (failed: Failure) => {
      // What became of the tables is told all the same.
      for (const say of judges) say(context);
      if (steps.length > 0) report(context, judgeSyncAfter(steps));
      return stop(failed);
    };
    const synced = await syncObjects(context, wish);
    if (!synced.ok) return stopTold(synced.failure);
    judges.push((at) => report(at, judgeObjectParity(synced.value)));
    said.push(`${showCount(synced.value.copied.objects, 'object')} copied.`);
    if (objects.references.length > 0 && tables !== undefined) {
      const found = await checkReferences(context, wish, rowKeys(context, tables.staging, objects.references));
      if (!found.ok) return stopTold(found.failure);
      judges.push((at) => report(at, judgeObjectReferences(found.value)));
    }
  }
  const brought: Brought = { steps, judge: (at) => judges.forEach((say) => void say(at)) };
  return goOn(brought, 'passed', said.join(' '));
}

async function conclude(run: Run, recorder: Recorder): Promise<RunResult> {
  const { gates, findings, leftovers } = run;
  const unsigned = await recorder.trySigning();
  if (unsigned !== undefined) run.context.emit({ type: 'failure', phase: 'verdict', failure: unsigned });
  const failures = [...run.failures, ...(recorder.trouble === undefined ? [] : [recorder.trouble])];
  const endWith = (all: readonly Failure[]): RunEnd => {
    const interrupted = run.context.signal.aborted;
    const verdict = judge({ gates, findings, failures: all, migratorKnown: true, pending: undefined, interrupted, unanswered: run.unanswered(), only: 'sync' });
    return { verdict, exitCode: exitCode({ verdict, failures: all, leftovers }) };
  };
  const end = endWith(failures);
  const { verdict } = end;
  run.context.emit({ type: 'phase-started', phase: 'verdict' });
  const outcome = verdict.kind === 'PASS' ? 'passed' : verdict.kind === 'BLOCKER' ? 'failed' : 'inconclusive';
  run.context.emit({ type: 'phase-finished', phase: 'verdict', outcome, summary: verdict.summary, durationMs: 0 });
  const { end: told, ...written } = await recorder.close(end, (trouble) => endWith([...failures, trouble]));
  return { ...withoutUndefined({ rootSha256: written.rootSha256 }), ...written, ...told };
}
