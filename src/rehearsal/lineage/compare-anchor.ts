import { judgeApproved } from '../../check/anchor-parity/judge-approved.ts';
import { partParities, type TypedDeviation } from '../../check/anchor-parity/part-parities.ts';
import type { GateResult } from '../../core/gate.ts';
import type { AnchorParity } from '../../core/lineage.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { SchemaDifference } from '../../core/schema-difference.ts';
import { readLedgerState } from '../../migrate/ledger-state.ts';
import { adapterOf } from '../../migrate/tools/adapters.ts';
import { compareStructures } from '../../schema/compare-structures.ts';
import { qualifiedName } from '../../sql/quote.ts';
import { type BaselineWanted, baselineForRun, rebuildBaseline } from '../baseline-for-run.ts';
import { compareForRun } from '../comparing/compare-for-run.ts';
import { asEnvironment } from '../comparing/disregard-differences.ts';
import { report } from '../run.ts';
import { withSession } from '../with-session.ts';
import type { Anchoring } from './anchoring.ts';
import type { ApprovedRun } from './approved-run.ts';
import { structureOfCopy } from './keep-structure.ts';
import type { AnchorPlan } from './plan-anchor.ts';
import type { Structure } from './structure.ts';

/** What a comparison with the anchor came to. */
interface Held {
  readonly gate: GateResult;
}

/** Differences of these classes count at an anchor whatever the team says of them in general. */
const alwaysCounting = { security: 'fail', semantic: 'fail', unexplained: 'fail' } as const;

/**
 * Is production what the repo's history builds up to the anchor? Any deviation fails the gate.
 *
 * Fails with what building a baseline fails with: then nothing is known.
 */
export async function compareWithRepo(
  context: Context,
  anchoring: Anchoring,
  plan: AnchorPlan,
): Promise<Result<Held & { readonly differences: readonly SchemaDifference[] }>> {
  const { run, recorder, request, provided } = anchoring;
  const { image, facts, shared, migrations, clone } = provided;
  const { settings } = request;
  const wanted: BaselineWanted = { phase: 'lineage', image, facts, shared, migrations, appliedThrough: [plan.revision], ranElsewhere: plan.applied };
  context.emit({ type: 'step', phase: 'lineage', text: `Building what the repo says that production is at ${plan.revision}` });
  const built = await baselineForRun(context, run, request, wanted);
  if (!built.ok) return built;
  const { admin } = built.value.clone;
  const made = await withSession(context, admin, async (session) => ok(await readLedgerState(session, settings.migrate)));
  if (!made.ok) return made;
  // The list of applied migrations is what production lacks, and no deviation.
  const ledger = made.value.kind === 'absent' ? undefined : made.value.table;
  const side = adapterOf(settings.migrate)?.sideTables ?? [];
  const schemas = await withSession(context, clone.admin, async (session) =>
    ok(await session.query<{ name: string }>('select n.nspname as name from pg_catalog.pg_namespace n order by n.nspname')),
  );
  if (!schemas.ok) return schemas;
  const ownSchema = ledger !== undefined && !schemas.value.some(({ name }) => name === ledger.schema) ? ledger.schema : undefined;
  const label = `the repo at ${plan.revision}`;
  const compared = await compareForRun(context, recorder, settings, {
    phase: 'lineage',
    gate: 'anchor-parity',
    required: true,
    severity: 'blocker',
    left: { address: clone.admin, label: 'production' },
    right: { address: admin, label },
    exclude: [...(ledger === undefined ? [] : [qualifiedName(ledger.schema, ledger.name)]), ...side],
    policies: alwaysCounting,
    waivers: request.waivers,
    migrations,
    scratchOn: admin,
    shared,
    adjust: (found) => {
      const adjusted = asEnvironment(found, provided.sourceCatalog);
      if (ownSchema === undefined) return adjusted;
      const isLedgers = (name: string) => name === ownSchema || name.startsWith(`${ownSchema}.`) || name.includes(` on ${ownSchema}.`);
      return { ...adjusted, differences: adjusted.differences.filter(({ object }) => !isLedgers(object.name)) };
    },
    rebuild: rebuildBaseline(context, run, request, wanted),
  });
  await built.value.clone.remove();
  if (!compared.ok) return compared;
  const { scope, counting, differences } = compared.value;
  const deviations = counting.map(
    ({ object, property, left, right }): TypedDeviation => ({
      ...{ kind: object.kind, object: `${object.kind} ${object.name}` },
      ...(property === undefined ? {} : { property }),
      ...(left === undefined ? {} : { production: left }),
      ...(right === undefined ? {} : { expected: right }),
    }),
  );
  const parity: AnchorParity = { revision: plan.revision, against: 'repo', label, parts: partParities(scope.kinds, deviations) };
  context.emit({ type: 'anchor-compared', parity });
  return ok({ differences, gate: compared.value.gate });
}

/** Is production still what it was in the run that was approved? */
export async function compareWithApproved(
  context: Context,
  { request, provided }: Anchoring,
  plan: AnchorPlan,
  structure: Structure,
  approved: ApprovedRun,
): Promise<Result<Held>> {
  // Both from production, or both from a copy: a restored copy writes some expressions otherwise.
  const alike = structure.readFrom === approved.structure.readFrom ? ok(structure) : await structureOfCopy(context, provided);
  if (!alike.ok) return fail(alike.failure);
  const exclude = [
    ...request.settings.schemaGate.exclude.map(({ object }) => object),
    ...(request.settings.migrate.ledger === undefined ? [] : [request.settings.migrate.ledger.table]),
    ...(adapterOf(request.settings.migrate)?.sideTables ?? []),
  ];
  const { differences, kinds } = compareStructures(alike.value.catalog, approved.structure.catalog, exclude);
  const deviations = differences.map(({ kind, name, property, left, right }) => ({
    ...{ kind, name, object: `${kind} ${name}` },
    ...(property === undefined ? {} : { property }),
    ...(left === undefined ? {} : { production: left }),
    ...(right === undefined ? {} : { expected: right }),
  }));
  const label = `${approved.history.label}, root hash ${approved.rootHash.slice(0, 12)}`;
  const parts = partParities(
    kinds,
    deviations.map(({ name: _name, ...deviation }) => deviation),
  );
  const parity: AnchorParity = { revision: plan.revision, against: 'approved-evidence', label, parts };
  context.emit({ type: 'anchor-compared', parity });
  const judged = judgeApproved({ parity, deviations, readOtherwise: alike.value.readFrom !== approved.structure.readFrom });
  const unvouched = approved.vouched ? '' : '; the root hash of the approved run was not named, so a folder that was made anew would not be seen';
  report(context, { ...judged, gate: { ...judged.gate, proof: `${judged.gate.proof}${unvouched}` } });
  return ok({ gate: judged.gate });
}
