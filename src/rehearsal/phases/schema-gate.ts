import { judgeRequiredObjects } from '../../check/required-objects/judge-required-objects.ts';
import type { Settings } from '../../config/schema.ts';
import type { Context } from '../../core/ports.ts';
import { type BaselineWanted, baselineForRun, rebuildBaseline } from '../baseline-for-run.ts';
import { compareForRun } from '../comparing/compare-for-run.ts';
import { compareLedgers } from '../comparing/compare-ledgers.ts';
import { asEnvironment } from '../comparing/disregard-differences.ts';
import { ledgerLeftOut } from '../comparing/ledger-left-out.ts';
import type { Recorder } from '../record-run.ts';
import type { RehearseRequest } from '../request.ts';
import { goOn, type PhaseReport, type Run, report, stop } from '../run.ts';
import type { Drift } from './drift.ts';
import type { Migrated } from './migrate.ts';
import type { Provided } from './provision.ts';

/** Does the migrated clone equal what the repo builds? */
export async function schemaGate(
  context: Context,
  run: Run,
  recorder: Recorder,
  request: RehearseRequest,
  provided: Provided,
  migrated: Migrated,
  before: Drift,
): Promise<PhaseReport<void>> {
  const { settings } = request;
  const { image, facts, migrations } = provided;
  // All of them ran somewhere on data by now: the applied ones in production, the pending ones on the clone.
  const ranElsewhere = migrations.map(({ revision }) => revision);
  const wanted: BaselineWanted = { phase: 'schema-gate', image, facts, migrations, ranElsewhere, shared: provided.shared };
  judgeObjects(context, settings, migrated);
  const built = await baselineForRun(context, run, request, wanted);
  if (!built.ok) return stop(built.failure);
  for (const note of built.value.outcome.notes) context.emit({ type: 'step', phase: 'schema-gate', text: note });
  const compared = await compareForRun(context, recorder, settings, {
    phase: 'schema-gate',
    gate: 'schema-equality',
    required: true,
    left: { address: migrated.clone.admin, label: 'the migrated clone' },
    right: { address: built.value.clone.admin, label: 'the baseline' },
    exclude: ledgerLeftOut(context, 'schema-gate', settings, built.value.outcome),
    waivers: request.waivers,
    migrations,
    scratchOn: built.value.clone.admin,
    shared: provided.shared,
    adjust: (found) => asEnvironment(found, provided.sourceCatalog),
    rebuild: rebuildBaseline(context, run, request, wanted),
    before,
  });
  if (!compared.ok) return stop(compared.failure);
  const rows = await compareLedgers(context, settings.migrate, migrations, { clone: migrated.clone.admin, baseline: built.value });
  if (rows !== undefined) report(context, rows);
  const both = settings.baseline.mode === 'init-then-migrations' ? ' The baseline ran the same migrations: faults that are in both stay invisible here.' : '';
  return goOn(undefined, run.outcomeOf('schema-gate'), `${compared.value.gate.summary}${both}`);
}

/** First, and whatever becomes of the comparison: the names were written down by those who need them. */
function judgeObjects(context: Context, { requiredObjects: wanted }: Settings, { objects: { before, after } }: Migrated): void {
  if (wanted.length === 0) return;
  const judged = judgeRequiredObjects({ wanted, before, after, startedAt: performance.now() });
  context.emit({ type: 'required-objects', report: { objects: judged.states } });
  report(context, judged);
}
