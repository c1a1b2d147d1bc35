import { skippedSmoke, untriedSmoke } from '../../check/smoke/untried-smoke.ts';
import type { Context } from '../../core/ports.ts';
import { fail, type Result } from '../../core/result.ts';
import type { SmokeReport } from '../../core/smoke.ts';
import { guardCluster, scriptsOf } from '../guard-cluster.ts';
import { report } from '../run.ts';
import { spareClone } from '../spare-clone.ts';
import { summaryOf, type Today, todaysFiles } from './smoke-before.ts';
import { type Smoking, smokeOnClone } from './smoke-on-clone.ts';

const gate = 'smoke-old-on-new';

/**
 * Does today's application work on the migrated schema? While a deploy rolls, and after the code is rolled back, it has to. On a clone of its own, which is
 * migrated once more. Gives a sentence for the phase; undefined where nobody asked.
 */
export async function smokeOldOnNew(context: Context, smoking: Smoking, today: Today, noTransaction: readonly string[]): Promise<string | undefined> {
  const { before } = smoking.request.settings.compatibility;
  if (today.application === undefined || before === undefined || 'skip' in before) return undefined;
  if (before.onNewSchema !== 'check') {
    report(context, skippedSmoke(gate, 'compatibility', `skipped: ${before.onNewSchema.skip}`));
    return `Today’s application was not tried on the migrated schema: ${before.onNewSchema.skip}`;
  }
  const tried = await tryOldOnNew(context, smoking, today, noTransaction);
  if (context.signal.aborted) return undefined;
  if (tried.ok) return summaryOf('Today’s application on the migrated schema', tried.value);
  report(context, untriedSmoke(gate, 'compatibility', tried.failure));
  return `Today’s application could not be tried on the migrated schema: ${tried.failure.message}`;
}

async function tryOldOnNew(context: Context, smoking: Smoking, today: Today, noTransaction: readonly string[]): Promise<Result<SmokeReport>> {
  const { run, request, provided, line } = smoking;
  const { application } = today;
  if (application === undefined) throw new Error('there is no application of today');
  const label = `clone of ${provided.facts.database} for today’s application, migrated`;
  const started = await spareClone(context, run, { request, provided, line, noTransaction }, label);
  if (!started.ok) return started;
  await using spare = started.value;
  context.emit({ type: 'step', phase: 'compatibility', text: 'Migrating a clone for today’s application' });
  const migrations = line.from === 'unknown' || line.from === 'head-only' ? provided.migrations : line.pending;
  const migrated = await guardCluster(context, provided.shared, { phase: 'compatibility', scripts: scriptsOf(migrations) }, async () => {
    const failed = await spare.migrate(spare.migrator.address);
    return failed === undefined ? { ok: true as const, value: undefined } : fail(failed);
  });
  if (!migrated.ok) return migrated;
  return await smokeOnClone(context, smoking, {
    ...{ moment: 'old-on-new', clone: spare.clone, failedBefore: today.failed },
    ...todaysFiles(request.settings, application),
  });
}
