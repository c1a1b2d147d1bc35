import { defaultPolicies, type Settings } from '../config/schema.ts';
import type { GateResult } from '../core/gate.ts';
import type { Phase } from '../core/phase.ts';
import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import type { Address } from '../core/server.ts';
import type { SharedServer } from '../core/shared-server.ts';
import { compareSchemas, type Side } from '../schema/compare-schemas.ts';
import { differencesToFindings } from '../schema/explain/differences-to-findings.ts';
import type { Recorder } from './record-run.ts';
import { report } from './run.ts';

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
  /** A server of ours with production's roles, where scratch databases may be made. */
  readonly scratchOn: Address;
  /** Set where others use that server too. */
  readonly shared: SharedServer | undefined;
}

/** Compares two schemas inside a run: says what was found, and keeps both canonical texts beside the journal. Hands the gate back that it said. */
export async function compareForRun(context: Context, recorder: Recorder, settings: Settings, wanted: ComparisonWanted): Promise<Result<GateResult>> {
  const { left, right, scratchOn, phase, gate, required } = wanted;
  const startedAt = performance.now();
  const exclude = [...settings.schemaGate.exclude.map(({ object }) => object), ...(wanted.exclude ?? [])];
  const compared = await compareSchemas(context, left, right, { exclude, scratch: async () => ok(scratchOn), makeScratch: wanted.shared?.makeScratch });
  if (!compared.ok) return compared;
  const { differences, scope, leftText, rightText } = compared.value;
  context.emit({ type: 'compared', phase, scope, differences: differences.length });
  await recorder.writeArtifact(`schema/${gate}.left.txt`, `Schema of ${left.label}`, leftText);
  await recorder.writeArtifact(`schema/${gate}.right.txt`, `Schema of ${right.label}`, rightText);
  const policies = { ...defaultPolicies, ...settings.schemaGate.policies, ...wanted.policies };
  const durationMs = Math.round(performance.now() - startedAt);
  const judged = differencesToFindings(compared.value, {
    phase,
    policies,
    gate,
    required,
    left: left.label,
    right: right.label,
    durationMs,
    severity: wanted.severity ?? 'blocker',
  });
  report(context, judged);
  return ok(judged.gate);
}
