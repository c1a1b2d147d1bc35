import type { Waiver } from '../../config/load-waivers.ts';
import { defaultPolicies, type Settings } from '../../config/schema.ts';
import type { ExplainedDifference } from '../../core/explained-comparison.ts';
import type { GateResult } from '../../core/gate.ts';
import type { Migration } from '../../core/migration.ts';
import type { Phase } from '../../core/phase.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { ComparisonScope, SchemaDifference } from '../../core/schema-difference.ts';
import type { Address } from '../../core/server.ts';
import type { SharedServer } from '../../core/shared-server.ts';
import type { ComparedSchemas } from '../../schema/compare/compared-schemas.ts';
import { markOldDrift } from '../../schema/compare/mark-old-drift.ts';
import { type CompareOptions, compareSchemas, type Side } from '../../schema/compare-schemas.ts';
import { differencesToFindings } from '../../schema/explain/differences-to-findings.ts';
import { counts } from '../../schema/explain/explain-comparison.ts';
import { LastTouched } from '../../schema/explain/last-touched.ts';
import { migrationStatements } from '../migrating/migration-statements.ts';
import type { Recorder } from '../record-run.ts';
import { report } from '../run.ts';
import { findUnstable, type Rebuild } from './find-unstable.ts';

type Policies = typeof defaultPolicies;

export interface ComparisonWanted {
  readonly phase: Phase;
  readonly gate: string;
  readonly required: boolean;
  /** What is. */
  readonly left: Side;
  /** What should be. */
  readonly right: Side;
  /** Besides the team's own exclusions. */
  readonly exclude?: readonly string[];
  readonly policies?: Partial<Policies>;
  /** What `fail` means here: a blocker; a doubt in comparisons that judge the copy and not the deploy; a warning where it only informs. */
  readonly severity?: 'blocker' | 'doubt' | 'warning';
  /** The team's waivers, where this comparison is one that can have any. */
  readonly waivers?: readonly Waiver[] | undefined;
  /** What ran on the left side, in order: tells which migration touched an object last. */
  readonly migrations?: readonly Migration[];
  /** A server of ours with production's roles, where scratch databases may be made. */
  readonly scratchOn: Address;
  /** Set where others use that server too. */
  readonly shared: SharedServer | undefined;
  /** Leaves out, or takes for something else, what this comparison can't judge. */
  readonly adjust?: (compared: ComparedSchemas) => ComparedSchemas;
  /** Builds the right side once more, where it is a baseline. */
  readonly rebuild?: Rebuild;
  /** What differed before migrating, where that is known. */
  readonly before?: readonly SchemaDifference[] | undefined;
}

export interface ComparedForRun {
  readonly gate: GateResult;
  readonly differences: readonly SchemaDifference[];
  /** Those that decide the gate. */
  readonly counting: readonly ExplainedDifference[];
  readonly scope: ComparisonScope;
}

/** Compares two schemas inside a run: says what was found, and keeps both canonical texts beside the journal. Hands back the gate that it said. */
export async function compareForRun(context: Context, recorder: Recorder, settings: Settings, wanted: ComparisonWanted): Promise<Result<ComparedForRun>> {
  const { left, right, scratchOn, phase, gate, required } = wanted;
  const startedAt = performance.now();
  const exclude = [...settings.schemaGate.exclude.map(({ object }) => object), ...(wanted.exclude ?? [])];
  const options: CompareOptions = {
    exclude,
    include: settings.schemaGate.include,
    scratch: async () => ok(scratchOn),
    makeScratch: wanted.shared?.makeScratch,
  };
  const found = await compareSchemas(context, left, right, options);
  if (!found.ok) return found;
  const adjusted = wanted.adjust?.(found.value) ?? found.value;
  const policies = { ...defaultPolicies, ...settings.schemaGate.policies, ...wanted.policies };
  const matters = adjusted.differences.some((difference) => policies[difference.class] === 'fail');
  const stable = wanted.rebuild === undefined || !matters ? ok(adjusted) : await findUnstable(context, adjusted, right, options, wanted.rebuild, startedAt);
  if (!stable.ok) return stable;
  const compared = { ...stable.value, differences: markOldDrift(stable.value.differences, wanted.before ?? []) };
  const texts = compared.texts();
  await recorder.writeArtifact(`schema/${gate}.left.txt`, `Schema of ${left.label}`, texts.left);
  await recorder.writeArtifact(`schema/${gate}.right.txt`, `Schema of ${right.label}`, texts.right);
  const touched = wanted.migrations === undefined ? undefined : new LastTouched(migrationStatements(wanted.migrations));
  const durationMs = Math.round(performance.now() - startedAt);
  const judged = differencesToFindings(compared, {
    phase,
    policies,
    gate,
    required,
    left: left.label,
    right: right.label,
    durationMs,
    severity: wanted.severity ?? 'blocker',
    oldDrift: settings.schemaGate.oldDrift,
    ...(wanted.waivers !== undefined && {
      waivers: {
        all: wanted.waivers,
        today: context.now().toISOString().slice(0, 10),
        comparison: phase === 'schema-gate' ? ('schema-gate' as const) : ('drift' as const),
      },
    }),
    ...(touched !== undefined && { lastTouched: (object) => touched.of(object) }),
  });
  const { scope, differences, waivers } = judged.explained;
  context.emit({ type: 'compared', phase, scope, differences: differences.length, ...(waivers.length > 0 && { waivers }) });
  report(context, judged);
  return ok({ gate: judged.gate, differences, counting: differences.filter(counts), scope });
}
