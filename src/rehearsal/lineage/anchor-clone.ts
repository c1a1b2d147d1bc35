import { judgeStamp } from '../../check/stamp/judge-stamp.ts';
import { failure } from '../../core/failure.ts';
import type { GateResult } from '../../core/gate.ts';
import type { Context } from '../../core/ports.ts';
import { ok } from '../../core/result.ts';
import type { SchemaDifference } from '../../core/schema-difference.ts';
import { whyNotAt } from '../../migrate/baseline.ts';
import { readLedgerState } from '../../migrate/ledger-state.ts';
import { prepareMigrator } from '../../migrate/migrator.ts';
import { accessOn } from '../migrator-access.ts';
import type { Provided } from '../phases/provision.ts';
import { goOn, type PhaseReport, report, stop } from '../run.ts';
import { withSession } from '../with-session.ts';
import type { Anchoring } from './anchoring.ts';
import type { ApprovedRun } from './approved-run.ts';
import { askWhere } from './ask-where.ts';
import { compareWithApproved, compareWithRepo } from './compare-anchor.ts';
import { planAnchor } from './plan-anchor.ts';
import { stampClone, writeStamp } from './stamp-clone.ts';
import { stampedImage } from './stamped-image.ts';
import type { Structure } from './structure.ts';

/** A clone that has its list of applied migrations now. */
export interface Anchored {
  /** Every further clone of its image is stamped when it is started. */
  readonly provided: Provided;
  /** What production differs in from the repo at the anchor, and counts nowhere; undefined where the repo can't be built there. */
  readonly differences: readonly SchemaDifference[] | undefined;
  readonly summary: string;
}

/**
 * Brings a production that was never stamped under its tool's history: proves that the clone equals the anchor, stamps it, and proves that nothing but the
 * list of applied migrations was written. Stops at the first deviation. Production itself is never stamped by anything here.
 */
export async function anchorClone(
  context: Context,
  anchoring: Anchoring,
  anchor: string,
  structure: Structure,
  approved: ApprovedRun | undefined,
): Promise<PhaseReport<Anchored>> {
  const { run, request, provided } = anchoring;
  const { settings, folder } = request;
  const { clone, migrations, facts, shared } = provided;
  const planned = planAnchor(migrations, anchor);
  if (!planned.ok) return stop(planned.failure);
  const plan = planned.value;
  const state = await withSession(context, clone.admin, async (session) => ok(await readLedgerState(session, settings.migrate)));
  if (!state.ok) return stop(state.failure);
  if (state.value.kind === 'filled') {
    const names = state.value.rows.slice(-3).join(', ');
    const why = `production has a list of applied migrations, ${state.value.table.sqlName}, which names ${names}`;
    return stop(failure('stamp-refused', `The clone is not stamped with ${plan.revision}: ${why}.`, { object: state.value.table.sqlName }));
  }
  const parity = await prove(context, anchoring, plan, structure, approved);
  if (!parity.go) return parity;
  const migrator = await prepareMigrator(context, clone.admin, facts.roles, settings.migrate.role, accessOn(context, shared));
  if (!migrator.ok) return stop(migrator.failure);
  run.hide(migrator.value.address.password);
  const stamping = { settings: settings.migrate, folder, migrations, plan };
  const stamped = await stampClone(context, clone, migrator.value, stamping);
  if (!stamped.ok) return stop(stamped.failure);
  context.emit({ type: 'stamped', report: stamped.value });
  const where = { about: 'current', moment: 'after-stamp', phase: 'lineage' } as const;
  const judged = judgeStamp(stamped.value, await askWhere(context, request, migrations, migrator.value.address, where));
  report(context, judged);
  const { outcome, summary } = judged.gate;
  if (outcome !== 'passed') return { go: false, outcome: outcome === 'failed' ? 'failed' : 'inconclusive', summary };
  const image = stampedImage(provided.image, async (quiet, other) => {
    const known = await prepareMigrator(quiet, other.admin, facts.roles, settings.migrate.role, accessOn(quiet, shared));
    if (!known.ok) return known;
    run.hide(known.value.address.password);
    return await writeStamp(quiet, other, known.value, stamping);
  });
  return goOn({ provided: { ...provided, image }, differences: parity.value, summary }, 'passed', summary);
}

/** Holds production against the repo at the anchor and against the approved run: whichever can be, and at least one of them. */
async function prove(
  context: Context,
  anchoring: Anchoring,
  plan: Parameters<typeof compareWithRepo>[2],
  structure: Structure,
  approved: ApprovedRun | undefined,
): Promise<PhaseReport<readonly SchemaDifference[] | undefined>> {
  const whyNot = whyNotAt(anchoring.request.settings);
  if (whyNot !== undefined && approved === undefined) {
    return stop(failure('anchor-unproven', `The repo’s schema can’t be built at ${plan.revision}, since ${whyNot}, and no approved evidence is named.`));
  }
  let differences: readonly SchemaDifference[] | undefined;
  const held: GateResult[] = [];
  if (whyNot === undefined) {
    const compared = await compareWithRepo(context, anchoring, plan);
    if (!compared.ok) return stop(compared.failure);
    ({ differences } = compared.value);
    held.push(compared.value.gate);
  } else {
    report(context, untried(plan.revision, whyNot));
  }
  if (approved !== undefined) {
    const compared = await compareWithApproved(context, anchoring, plan, structure, approved);
    if (!compared.ok) return stop(compared.failure);
    held.push(compared.value.gate);
  }
  // Whatever the team makes of these gates: a stamp on ground that isn't proven is no stamp.
  const worst = held.find(({ outcome }) => outcome === 'failed') ?? held.find(({ outcome }) => outcome === 'inconclusive');
  if (worst !== undefined) return { go: false, outcome: worst.outcome === 'failed' ? 'failed' : 'inconclusive', summary: worst.summary };
  return goOn(differences, 'passed', '');
}

/** Production is held against the approved run only, and nobody should take that for more. */
function untried(revision: string, whyNot: string): Parameters<typeof report>[1] {
  const why = `Not compared with the repo at ${revision}: ${whyNot}. The approved evidence stands for it.`;
  return {
    findings: [],
    gate: {
      ...{ gate: 'anchor-parity', phase: 'lineage', required: false, outcome: 'not-applicable', couldFail: false },
      ...{ proof: whyNot, summary: why, findingIds: [], durationMs: 0 },
    },
  };
}
