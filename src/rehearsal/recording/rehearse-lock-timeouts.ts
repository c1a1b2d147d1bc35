import { judgeLockRetries } from '../../check/lock-retries/judge-lock-retries.ts';
import { showDuration } from '../../check/show-duration.ts';
import { type Failure, failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { Result } from '../../core/result.ts';
import type { RetryRehearsal } from '../../core/traffic.ts';
import { attemptOf, rehearseRetries } from '../../traffic/rehearse-retries.ts';
import { guardCluster, scriptsOf } from '../guard-cluster.ts';
import { type Run, report } from '../run.ts';
import { type Besides, spareClone } from '../spare-clone.ts';
import { trafficForRun } from './traffic-for-run.ts';
import type { Seen } from './under-recorder.ts';
import { type WantedRetries, wantedRetries } from './wanted-retries.ts';

/**
 * Finds out by doing it what a lock_timeout with retries would have done: each on a clone of its own, under the same traffic. Where the team asked for it
 * (`traffic.retries`) the outcome is judged; where a queue or the migrations' own lock_timeout gave the reason, it is only told. Else nothing is done.
 *
 * @param seen of the migrations as they went through; absent where nothing was recorded
 * @param gaveUp whether their own lock_timeout ended an earlier try of them
 */
export async function rehearseLockTimeouts(context: Context, run: Run, besides: Besides, seen: Seen | undefined, gaveUp: boolean): Promise<void> {
  const { settings } = besides.request;
  const wanted = wantedRetries(settings, seen, gaveUp);
  if (wanted === undefined) return;
  if (typeof wanted === 'string') {
    // What the team asked for and can't have must not look as if it had passed.
    if (settings.traffic.retries === undefined) step(context, wanted);
    else
      report(
        context,
        judgeLockRetries({
          rehearsals: [],
          trouble: failure('check-failed', wanted, { rootCause: 'environment', cure: 'Correct what is named, or leave traffic.retries out.' }),
        }),
      );
    return;
  }
  const rehearsals: RetryRehearsal[] = [];
  let trouble: Failure | undefined;
  for (const lockTimeoutMs of wanted.lockTimeoutMs) {
    if (context.signal.aborted) return;
    const rehearsed = await rehearseOne(context, run, besides, wanted, lockTimeoutMs);
    // An interruption ends the run, and is no outcome of anything.
    if (context.signal.aborted) return;
    if (rehearsed.ok) {
      rehearsals.push(rehearsed.value);
      context.emit({ type: 'retried', rehearsal: rehearsed.value });
    } else {
      trouble ??= rehearsed.failure;
      step(context, `What lock_timeout = ${lockTimeoutMs} ms would have done could not be rehearsed: ${rehearsed.failure.message}`);
    }
  }
  if (wanted.because === 'asked') report(context, judgeLockRetries({ rehearsals, ...(trouble === undefined ? {} : { trouble }) }));
}

async function rehearseOne(
  context: Context,
  run: Run,
  besides: Besides,
  { retries, pauseMs, because }: WantedRetries,
  lockTimeoutMs: number,
): Promise<Result<RetryRehearsal>> {
  const { request, provided, line } = besides;
  const startedAt = performance.now();
  step(
    context,
    `Trying lock_timeout = ${lockTimeoutMs} ms with up to ${retries === 1 ? '1 retry' : `${retries} retries`}, ${pauseMs} ms apart, on a clone of its own under the same traffic`,
  );
  const started = await spareClone(context, run, besides, `clone of ${provided.facts.database} for lock_timeout ${lockTimeoutMs}`);
  if (!started.ok) return started;
  await using spare = started.value;
  const migrations = line.from === 'unknown' || line.from === 'head-only' ? provided.migrations : line.pending;
  const rehearsed = await guardCluster(context, provided.shared, { phase: 'migrate', scripts: scriptsOf(migrations) }, () =>
    rehearseRetries(context, {
      ...{ lockTimeoutMs, retries, pauseMs },
      traffic: trafficForRun(spare.clone.admin, request.settings, migrations, line.ledger?.sqlName, provided.traffic),
      migrator: spare.migrator.address,
      migrate: async (migrator) => attemptOf(await spare.migrate(migrator)),
    }),
  );
  if (!rehearsed.ok) return rehearsed;
  const { outcome, attempts } = rehearsed.value.rehearsal;
  const ended = { succeeded: `went through at try ${attempts}`, 'gave-up': `gave up after ${attempts} tries`, failed: `failed at try ${attempts}` }[outcome];
  step(context, `lock_timeout = ${lockTimeoutMs} ms ${ended}; rehearsing it took ${showDuration(performance.now() - startedAt)}`);
  return { ok: true, value: { ...rehearsed.value.rehearsal, because } };
}

function step(context: Context, text: string): void {
  context.emit({ type: 'step', phase: 'migrate', text });
}
