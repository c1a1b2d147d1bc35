import type { Context } from '../../core/ports.ts';
import type { SchemaDifference } from '../../core/schema-difference.ts';
import { appliedEnds, appliedParts } from '../../migrate/applied-ends.ts';
import { whyNotAt } from '../../migrate/baseline.ts';
import { type BaselineWanted, baselineForRun, rebuildBaseline } from '../baseline-for-run.ts';
import { compareForRun } from '../comparing/compare-for-run.ts';
import { asEnvironment } from '../comparing/disregard-differences.ts';
import { ledgerLeftOut } from '../comparing/ledger-left-out.ts';
import { goOn, type PhaseReport, stop } from '../run.ts';
import { smokeBefore, type Today } from '../smoke/smoke-before.ts';
import type { Smoking } from '../smoke/smoke-on-clone.ts';
import type { Traced } from './lineage.ts';

/** What differed before migrating; undefined where that could not be compared. */
export type Drift = readonly SchemaDifference[] | undefined;

/** What is known of today, before anything is migrated. */
export interface Settled {
  readonly differences: Drift;
  readonly today: Today;
}

/** Is today what it is taken for: production’s schema what the repo says, and does today’s application work on today’s data? */
export async function drift(context: Context, smoking: Smoking, anchored: Traced['anchored']): Promise<PhaseReport<Settled>> {
  const compared = anchored === undefined ? await compare(context, smoking) : atAnchor(anchored);
  if (!compared.go) return compared;
  const today = await smokeBefore(context, smoking);
  const { value: differences, outcome, summary } = compared;
  if (today.summary === undefined) return goOn({ differences, today }, outcome, summary);
  const ofSmoke = smoking.run.outcomeOf('drift');
  const worst = severest.find((one) => one === outcome || one === ofSmoke) ?? outcome;
  return goOn({ differences, today }, worst, `${summary} ${today.summary}`);
}

const severest = ['failed', 'inconclusive', 'passed', 'not-applicable'] as const;

/** Production was compared before it was stamped, and no deviation was let through. */
function atAnchor({ differences }: NonNullable<Traced['anchored']>): PhaseReport<Drift> {
  const what = differences === undefined ? 'the approved evidence' : 'the repo at its anchor';
  return goOn(differences, 'passed', `Production was held against ${what} before the clone was stamped.`);
}

/** Does production, before migrating, equal what the repo says it is at the same revision? */
async function compare(context: Context, { run, recorder, request, provided, line }: Smoking): Promise<PhaseReport<Drift>> {
  const { settings } = request;
  const whyNot = line.from === 'unknown' || line.from === 'head-only' ? 'only the migration tool knows what production has' : whyNotAt(settings);
  if (whyNot !== undefined) return goOn(undefined, 'not-applicable', `Not compared: ${whyNot}, so the repo can’t say what production should be today.`);
  if (line.outOfOrder.length > 0) return goOn(undefined, 'not-applicable', 'Not compared: production’s migrations are not the first ones of the repo.');
  const { image, facts, clone } = provided;
  const ends = appliedEnds(provided.migrations, line.applied);
  const parts = appliedParts(provided.migrations, line.applied);
  const last = ends.length === 0 ? 'none' : ends.join(' and ');
  const wanted: BaselineWanted = {
    phase: 'drift',
    image,
    facts,
    shared: provided.shared,
    migrations: provided.migrations,
    appliedThrough: parts.length === 0 ? 'none' : parts,
    ranElsewhere: line.applied,
  };
  const built = await baselineForRun(context, run, request, wanted);
  // A history that can't be run from nothing is no fault of this deploy; the schema gate will say the same of the whole of it.
  if (!built.ok) return goOn(undefined, 'inconclusive', `The repo’s history could not be run up to ${last}: ${built.failure.message}`);
  const stops = settings.drift.policy === 'stop';
  const compared = await compareForRun(context, recorder, settings, {
    phase: 'drift',
    gate: 'drift',
    required: stops,
    severity: stops ? 'blocker' : 'warning',
    left: { address: clone.admin, label: 'production' },
    right: { address: built.value.clone.admin, label: `the repo at ${last}` },
    exclude: ledgerLeftOut(context, 'drift', settings, built.value.outcome),
    waivers: request.waivers,
    scratchOn: built.value.clone.admin,
    shared: provided.shared,
    adjust: (found) => asEnvironment(found, provided.sourceCatalog),
    // Where it only informs, another build would cost more than it tells.
    ...(stops && { rebuild: rebuildBaseline(context, run, request, wanted) }),
  });
  await built.value.clone.remove();
  if (!compared.ok) return stop(compared.failure);
  const { differences, gate } = compared.value;
  const { outcome, summary } = gate;
  // A gate that the configuration made advisory ends nothing.
  return stops && run.outcomeOf('drift') === 'failed' ? { go: false, outcome: 'failed', summary } : goOn(differences, outcome, summary);
}
