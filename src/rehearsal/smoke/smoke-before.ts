import { skippedSmoke, untriedSmoke } from '../../check/smoke/untried-smoke.ts';
import type { BeforeSettings, Settings } from '../../config/schema.ts';
import type { Context } from '../../core/ports.ts';
import type { Result } from '../../core/result.ts';
import type { SmokeReport } from '../../core/smoke.ts';
import { cloneForRun } from '../clone-for-run.ts';
import { report } from '../run.ts';
import { type Smoking, smokeOnClone } from './smoke-on-clone.ts';
import { type TodaysApplication, takeTodaysApplication } from './todays-application.ts';

/** What is known of today's application once it was tried before migrating. */
export interface Today {
  /** Absent where nobody asked for it, or it couldn't be had. */
  readonly application?: TodaysApplication;
  /** Names of the checks that failed: afterwards they show nothing of the migrations. */
  readonly failed: ReadonlySet<string>;
  /** A sentence for the phase; absent where nothing is configured. */
  readonly summary?: string;
}

const gate = 'smoke-before';

/** Whether there is anything that a machine could try. */
export function triesSomething({ compatibility: { application, smoke } }: Settings): boolean {
  return application !== undefined || smoke.some(({ kind }) => kind !== 'manual');
}

/** Does today's application work on today's data? On a clone of its own, so that what it writes reaches no later gate. */
export async function smokeBefore(context: Context, smoking: Smoking): Promise<Today> {
  const { settings } = smoking.request;
  const { before } = settings.compatibility;
  if (!triesSomething(settings)) return { failed: new Set() };
  if (before === undefined) return skip(context, 'compatibility.before is not configured, so nobody knows whether today’s application works today');
  if ('skip' in before) return skip(context, `skipped: ${before.skip}`);
  const tried = await tryBefore(context, smoking, before);
  if (context.signal.aborted) return { failed: new Set() };
  if (!tried.report.ok) {
    report(context, untriedSmoke(gate, 'drift', tried.report.failure));
    return {
      ...(tried.application && { application: tried.application }),
      failed: new Set(),
      summary: `Today’s application could not be tried: ${tried.report.failure.message}`,
    };
  }
  const failed = new Set(tried.report.value.answers.filter(({ outcome }) => outcome === 'broken').map(({ name }) => name));
  return { ...(tried.application && { application: tried.application }), failed, summary: summaryOf('Today’s application', tried.report.value) };
}

async function tryBefore(
  context: Context,
  smoking: Smoking,
  before: Extract<BeforeSettings, { ref: string }>,
): Promise<{ readonly application?: TodaysApplication; readonly report: Result<SmokeReport> }> {
  const { run, request, provided } = smoking;
  const taken = await takeTodaysApplication(context, run, request.folder, before);
  if (!taken.ok) return { report: taken };
  const started = await cloneForRun(context, run, provided.image, `clone of ${provided.facts.database} for today’s application`);
  if (!started.ok) return { application: taken.value, report: started };
  try {
    const smoked = await smokeOnClone(context, smoking, {
      ...{ moment: 'before', clone: started.value, failedBefore: new Set() },
      ...todaysFiles(request.settings, taken.value),
    });
    return { application: taken.value, report: smoked };
  } finally {
    await started.value.remove();
  }
}

/** How today's version is started, and where its files are. */
export function todaysFiles({ compatibility: { application, before } }: Settings, { tree, ref }: TodaysApplication) {
  const start = before !== undefined && 'ref' in before ? before.start : undefined;
  return {
    folder: tree.folder,
    version: { ref, commit: tree.commit },
    application: application === undefined || start === undefined ? application : { ...application, start },
  };
}

function skip(context: Context, why: string): Today {
  report(context, skippedSmoke(gate, 'drift', why));
  return { failed: new Set(), summary: `Today’s application was not tried: ${why}.` };
}

/** @example 'Today’s application: 3 of 4 checks passed.' */
export function summaryOf(who: string, { answers }: SmokeReport): string {
  const working = answers.filter(({ outcome }) => outcome === 'works').length;
  return answers.length === 0
    ? `${who}: no check belongs to it.`
    : `${who}: ${working} of ${answers.length} ${answers.length === 1 ? 'check' : 'checks'} worked.`;
}
