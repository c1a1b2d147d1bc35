import type { Failure } from '../core/failure.ts';
import type { MaskingFacts } from '../core/masking.ts';
import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import type { Verdict } from '../core/verdict.ts';
import { exitCode } from '../verdict/exit-code.ts';
import { judge } from '../verdict/judge.ts';
import { Isolation } from './isolation/isolation.ts';
import { compatibility } from './phases/compatibility.ts';
import { dataGate } from './phases/data-gate.ts';
import { drift } from './phases/drift.ts';
import { fidelity } from './phases/fidelity.ts';
import { lineage } from './phases/lineage.ts';
import { migrate } from './phases/migrate.ts';
import { preconditions } from './phases/preconditions.ts';
import { provision } from './phases/provision.ts';
import { rollback } from './phases/rollback.ts';
import { schemaGate } from './phases/schema-gate.ts';
import { recordProduction } from './preflight/record-production.ts';
import { openRecorder, type Recorder, type RunEnd } from './record-run.ts';
import type { RehearseRequest } from './request.ts';
import { Run } from './run.ts';
import type { Smoking } from './smoke/smoke-on-clone.ts';

export type { RehearseRequest } from './request.ts';

export interface RunResult {
  readonly runId: string;
  readonly verdict: Verdict;
  /** As DESIGN says: 0 PASS, 1 BLOCKER, 2 usage, 3 or 4 INCONCLUSIVE, 5 something of ours is left. */
  readonly exitCode: number;
  readonly runFolder: string;
  readonly reportFile: string;
  /** SHA-256 of the sealed manifest: kept elsewhere, it proves later that nothing was altered. Absent where the run could not be sealed. */
  readonly rootSha256?: string;
}

/**
 * Rehearses a deploy: the eleven phases in order, on clones that are gone when it returns. Production is only read.
 *
 * Fails only when not even the run folder could be made (`evidence-not-written`); every other failure is part of the verdict.
 *
 * @example
 * const ended = await rehearse(context, { settings, folder: process.cwd(), toolVersion: '1.0.0' });
 * if (ended.ok) console.log(ended.value.verdict.kind);
 */
export async function rehearse(context: Context, request: RehearseRequest): Promise<Result<RunResult>> {
  const opened = await openRecorder(context, request);
  if (!opened.ok) return opened;
  const recorder = opened.value;
  const run = new Run(recorder.context, recorder.hide, request.settings.gates, recorder.shown);
  run.follower = new Isolation(run, request, recorder.context.edge);
  const progress: Progress = { pending: undefined, migratorKnown: false, masking: undefined };
  try {
    await carryOut(run, recorder, request, progress);
    await run.end();
  } finally {
    await run.release();
  }
  return ok(await conclude(run, recorder, request, progress));
}

/** What the verdict has to know besides gates, findings and failures. */
interface Progress {
  /** Migrations that were pending; undefined until that is known. */
  pending: number | undefined;
  /** Whether they ran as production's own migrator. */
  migratorKnown: boolean;
  masking: MaskingFacts | undefined;
}

async function carryOut(run: Run, recorder: Recorder, request: RehearseRequest, progress: Progress): Promise<void> {
  const ready = await run.phase('preconditions', (context) => preconditions(context, run, request));
  if (ready === undefined) return;
  const catalog = await recordProduction(run.context, recorder.writeArtifact, request, ready.value);
  const provided = await run.phase('provision', (context) => provision(context, run, request, ready.value));
  if (provided === undefined) return;
  progress.masking = provided.value.report.masking;
  const faithful = await run.phase('fidelity', (context) => fidelity(context, run, recorder, request, provided.value));
  if (faithful === undefined) return;
  const traced = await run.phase('lineage', (context) => lineage(context, run, recorder, request, provided.value, catalog));
  if (traced === undefined) return;
  const { line, provided: stamped, anchored } = traced.value;
  recorder.willDeploy(line.pending);
  if (request.only === 'rollback') {
    // Its clones are migrated there, by production's own migrator where that one is named.
    progress.migratorKnown = stamped.facts.roles.some(({ name }) => name === request.settings.migrate.role);
    await run.phase('rollback', (context) => rollback(context, run, request, stamped, line));
    return;
  }
  const smoking: Smoking = { run, recorder, request, provided: stamped, line };
  const settled = await run.phase('drift', (context) => drift(context, smoking, anchored));
  if (settled === undefined) return;
  const migrated = await run.phase('migrate', (context) => migrate(context, run, request, stamped, line));
  if (migrated === undefined) return;
  progress.pending = migrated.value.appliedCount;
  progress.migratorKnown = migrated.value.migrator.known;
  // From here on every gate says its own: a difference in the schema is no reason to keep quiet about lost data.
  await run.phase('schema-gate', (context) => schemaGate(context, run, recorder, request, stamped, migrated.value, settled.value.differences));
  await run.phase('data-gate', (context) => dataGate(context, run, request, stamped, migrated.value, faithful.value, line));
  await run.phase('compatibility', (context) => compatibility(context, smoking, migrated.value, settled.value.today));
  await run.phase('rollback', (context) => rollback(context, run, request, stamped, line));
}

async function conclude(run: Run, recorder: Recorder, { only }: RehearseRequest, { pending, migratorKnown, masking }: Progress): Promise<RunResult> {
  const { gates, findings, leftovers } = run;
  const unsigned = await recorder.trySigning();
  if (unsigned !== undefined) run.context.emit({ type: 'failure', phase: 'verdict', failure: unsigned });
  const unrecorded: Failure[] = recorder.trouble === undefined ? [] : [recorder.trouble];
  const failures = [...run.failures, ...unrecorded];
  const interrupted = run.context.signal.aborted;
  const endWith = (failures: readonly Failure[]): RunEnd => {
    const verdict = judge({
      gates,
      findings,
      failures,
      migratorKnown,
      pending,
      interrupted,
      masking,
      unanswered: run.unanswered(),
      ...(only === 'rollback' && { only: 'way-back' }),
    });
    return { verdict, exitCode: exitCode({ verdict, failures, leftovers }) };
  };
  const end = endWith(failures);
  const { verdict } = end;
  run.context.emit({ type: 'phase-started', phase: 'verdict' });
  const outcome = verdict.kind === 'PASS' ? 'passed' : verdict.kind === 'BLOCKER' ? 'failed' : 'inconclusive';
  run.context.emit({ type: 'phase-finished', phase: 'verdict', outcome, summary: verdict.summary, durationMs: 0 });
  // What goes wrong while the record is closed and signed changes the end of a run, too.
  const { end: told, ...written } = await recorder.close(end, (trouble) => endWith([...failures, trouble]));
  return { ...written, ...told };
}
