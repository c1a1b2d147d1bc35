import { failure } from '../../core/failure.ts';
import { failureCatalogue } from '../../core/failure-catalogue.ts';
import type { Finding } from '../../core/finding.ts';
import type { Context } from '../../core/ports.ts';
import type { Lineage } from '../../migrate/lineage.ts';
import { cloneForRun } from '../clone-for-run.ts';
import { rehearseCuts } from '../cuts/rehearse-cuts.ts';
import { explainFailure } from '../explain-failure.ts';
import { tellApplied } from '../lineage/tell-applied.ts';
import { prepareAttempt } from '../migrating/attempt.ts';
import { finishMigrating, type Migrated } from '../migrating/finish-migrating.ts';
import { migrationsToRun, withoutOurs } from '../migrating/migrations-to-run.ts';
import { runAttempt } from '../migrating/run-attempt.ts';
import { tellForbidden } from '../migrating/tell-forbidden.ts';
import { voidBecause } from '../migrating/void-try.ts';
import { rehearseBackfills } from '../recording/rehearse-backfills.ts';
import { rehearseLockTimeouts } from '../recording/rehearse-lock-timeouts.ts';
import { squawkForRun } from '../recording/squawk-for-run.ts';
import { tellSeen, tellUnseen } from '../recording/under-recorder.ts';
import type { RehearseRequest } from '../request.ts';
import { type PhaseReport, type Run, stop } from '../run.ts';
import { rehearseSteps } from '../runbook/rehearse-steps.ts';
import type { Besides } from '../spare-clone.ts';
import type { Provided } from './provision.ts';

export type { Migrated } from '../migrating/finish-migrating.ts';

/** Do the pending migrations apply, as the role that migrates production? */
export async function migrate(context: Context, run: Run, request: RehearseRequest, provided: Provided, line: Lineage): Promise<PhaseReport<Migrated>> {
  const migrations = migrationsToRun(provided, line);
  const unfit = await rehearseSteps(context, run, { request, provided, line });
  // What there is to say of it, its finding says.
  if (unfit !== undefined) return { go: false, outcome: unfit.outcome, summary: unfit.message };
  let { clone } = provided;
  let { settings } = request;
  const noTransaction: string[] = [];
  const earlier: Finding[] = [];
  for (;;) {
    const ready = await prepareAttempt(context, run, request, provided, clone, migrations, noTransaction);
    if (!ready.ok) return stop(ready.failure);
    const attempt = ready.value;
    const { applied, scene, seen } = await runAttempt(context, request, settings, provided, line, migrations, attempt);
    const voided = voidBecause(applied, seen, context.signal.aborted, settings.migrate.forbiddenErrors);
    if (voided === undefined) {
      // What was seen of migrations that were interrupted says nothing of them.
      if (seen !== undefined && !context.signal.aborted)
        tellSeen(context, scene, seen, earlier, await squawkForRun(context, request, migrations, seen.recording));
      else if (!settings.record.enabled) tellUnseen(context);
      if (!context.signal.aborted) attempt.rows?.tell(context);
      const forbidden = context.signal.aborted ? undefined : tellForbidden(context, settings, attempt, seen, applied);
      const ended = context.signal.aborted ? undefined : attempt.rows?.stopped();
      // What there is to say of it, its finding says.
      if (!applied.ok && ended !== undefined) return { go: false, outcome: 'failed', summary: ended.message };
      if (!applied.ok) {
        await explainFailure(context, {
          ...{ admin: clone.admin, migrator: attempt.migrator.role, statements: attempt.statements, recording: seen?.recording },
          noTransaction: withoutOurs(request, migrations, noTransaction),
        });
        const failed = forbidden === undefined ? applied.failure : { ...applied.failure, rootCause: forbidden };
        return stop(failed, failureCatalogue[failed.code].ending === 'blocker' ? 'failed' : 'inconclusive');
      }
      const besides: Besides = { request, provided, line, noTransaction };
      await rehearseLockTimeouts(context, run, besides, seen, earlier.length > 0);
      await rehearseBackfills(context, run, besides);
      await rehearseCuts(context, run, besides);
      if (context.signal.aborted) return stop(failure('interrupted', 'The run was interrupted; what it had made was removed.'));
      const recorded = await tellApplied(context, request, provided, line, {
        ...{ clone, migrator: attempt.migrator, statements: attempt.statements },
        recording: seen?.recording,
        ranByUs: settings.migrate.tool === 'sql-files',
      });
      return await finishMigrating(
        context,
        run,
        request.settings,
        attempt,
        settings.migrate.tool === 'sql-files' ? applied.value.count : (recorded ?? applied.value.count),
        {
          known: provided.migrations,
          pending: migrations,
          watch: attempt.rows?.watch,
        },
        applied.value.mark,
      );
    }
    // A try that is made again is void, and so is what was seen of it. What it left behind must not be there then: a clone is cheap.
    if (voided.noTransaction !== undefined) noTransaction.push(voided.noTransaction);
    if (voided.gaveUp !== undefined) {
      earlier.push(voided.gaveUp);
      settings = { ...settings, traffic: { ...settings.traffic, longReaderSeconds: 0 } };
    }
    context.emit({ type: 'step', phase: 'migrate', text: voided.text });
    await run.follower?.leave();
    await clone.remove();
    const next = await cloneForRun(context, run, provided.image, `clone of ${provided.facts.database}, again`);
    if (!next.ok) return stop(next.failure);
    clone = next.value;
    await run.follower?.follow(context, clone);
  }
}
