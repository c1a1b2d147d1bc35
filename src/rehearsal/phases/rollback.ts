import { judgeWayBack, noWayBack, untriedWayBack } from '../../check/rollback/judge-way-back.ts';
import type { Settings } from '../../config/schema.ts';
import { type Failure, FailureError, failure, SqlError } from '../../core/failure.ts';
import { failureCatalogue } from '../../core/failure-catalogue.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { WayBack, WayBackStep } from '../../core/rollback.ts';
import type { Lineage } from '../../migrate/lineage.ts';
import { wayDown } from '../../migrate/way-down.ts';
import { guardCluster, scriptsOf } from '../guard-cluster.ts';
import type { RehearseRequest } from '../request.ts';
import { goBackByCommand } from '../rollback/go-back-by-command.ts';
import { goBackByDowns } from '../rollback/go-back-by-downs.ts';
import { goBackByRestore } from '../rollback/go-back-by-restore.ts';
import { goOn, type PhaseReport, type Run, report, stop } from '../run.ts';
import type { Provided } from './provision.ts';

/** Is there a way back? Each is gone on clones of its own, which are migrated here once more. */
export async function rollback(context: Context, run: Run, request: RehearseRequest, provided: Provided, line: Lineage): Promise<PhaseReport<void>> {
  const { settings } = request;
  const ways = waysOf(settings, line);
  // Who asks for the way back alone wants to know, whatever the settings say of a whole run.
  const required = request.only === 'rollback' || (settings.rollback.required ?? Array.isArray(settings.rollback.ways));
  if (typeof ways === 'string') {
    const outcome = noWayBack(ways, request.only === 'rollback' || settings.rollback.required === true);
    report(context, outcome);
    return goOn(undefined, outcome.gate.required ? 'inconclusive' : 'not-applicable', ways);
  }
  const summaries: string[] = [];
  let worst: 'passed' | 'failed' | 'inconclusive' = 'passed';
  for (const way of ways) {
    const steps = await attempt(() => goBack(context, run, { request, provided, line }, way));
    // What a cancelled statement says is no outcome of anything.
    if (context.signal.aborted) return stop(failure('interrupted', 'The run was interrupted; what it had made was removed.'));
    if (!steps.ok && isDecisive(steps.failure, request))
      return stop(steps.failure, failureCatalogue[steps.failure.code].ending === 'blocker' ? 'failed' : 'inconclusive');
    if (steps.ok) context.emit({ type: 'rolled-back', report: { way, required, steps: steps.value } });
    const judged = steps.ok ? judgeWayBack({ way, required, steps: steps.value }) : untriedWayBack(way, required, steps.failure);
    report(context, judged);
    summaries.push(judged.gate.summary);
    if (judged.gate.outcome === 'failed') worst = 'failed';
    else if (judged.gate.outcome !== 'passed' && worst === 'passed') worst = 'inconclusive';
  }
  return goOn(undefined, worst, summaries.join(' '));
}

/** Which ways are to be gone, or why none is: a sentence. */
function waysOf({ rollback: { ways, command }, migrate }: Settings, line: Lineage): readonly WayBack[] | string {
  if (ways === 'off') return 'Not rehearsed: rollback.ways is "off".';
  if (ways !== 'auto') return ways;
  const known: WayBack[] = [
    ...(migrate.tool === 'sql-files' && line.pending.some((migration) => wayDown(migration) !== undefined) ? (['down'] as const) : []),
    ...(command === undefined ? [] : (['command'] as const)),
  ];
  if (known.length > 0) return known;
  const what = migrate.tool === 'command' ? 'rollback.command names no downgrade of the tool' : 'no pending migration has a way down';
  return `Not rehearsed: ${what}. The only way back is to restore a backup from before the deploy, which loses what was written since; rollback.ways "restore" rehearses it.`;
}

async function goBack(
  context: Context,
  run: Run,
  besides: { readonly request: RehearseRequest; readonly provided: Provided; readonly line: Lineage },
  way: WayBack,
): Promise<Result<readonly WayBackStep[]>> {
  const { provided, line, request } = besides;
  const { migrate } = request.settings;
  const forward = line.from === 'unknown' || line.from === 'head-only' ? provided.migrations : line.pending;
  const downs = line.pending.flatMap((migration) => wayDown(migration) ?? []);
  return await guardCluster(
    context,
    provided.shared,
    { phase: 'rollback', scripts: scriptsOf(way === 'down' ? [...forward, ...downs] : forward) },
    async () => {
      if (way === 'down') {
        if (migrate.tool === 'command')
          return fail(
            failure('usage', 'The migrations are run by a command, so their ways down are the tool’s own.', { cure: 'Set rollback.ways to "command".' }),
          );
        return await goBackByDowns({ context, run, besides, migrate });
      }
      const gone = way === 'command' ? await goBackByCommand(context, run, besides) : await goBackByRestore(context, run, besides);
      return gone.ok ? ok([gone.value]) : gone;
    },
  );
}

/** What no room expected of the database leaves a way untried, and ends nothing. */
async function attempt(body: () => Promise<Result<readonly WayBackStep[]>>): Promise<Result<readonly WayBackStep[]>> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof FailureError) return fail(error.failure);
    if (error instanceof SqlError) return fail(failure('check-failed', error.fields.message, { sql: error.fields }));
    throw error;
  }
}

/** An interruption ends the run; and where the way back is all that is asked for, so does a migration that can't even be applied. */
function isDecisive({ code }: Failure, { only }: RehearseRequest): boolean {
  return code === 'interrupted' || (only === 'rollback' && failureCatalogue[code].ending !== 'inconclusive');
}
