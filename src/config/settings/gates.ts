import { z } from 'zod';
import { closestName } from '../../core/closest-name.ts';
import { gateRoles } from '../../core/gate.ts';
import { familyOf, gateFamilies, meansGate, singleGates } from '../../core/gate-names.ts';
import { keysAreRight, name, reason } from './fields.ts';

const gateRule = z
  .strictObject({
    gate: name.meta({ description: 'The gate’s name as the report has it, or a pattern: `row-parity`, `invariant:*`.' }),
    as: z
      .enum(gateRoles)
      .optional()
      .meta({
        description:
          'required: a PASS needs it; where it could not have failed, or didn’t apply, the verdict is INCONCLUSIVE. advisory: told, and doesn’t decide. ' +
          'off: neither told nor counted. As the gate itself has it unless given.',
      }),
    reason: reason.optional(),
    stops: z
      .boolean()
      .optional()
      .meta({
        description:
          'true: the run ends with the phase of this gate when it fails or is inconclusive; a gate that is named so, and not by a pattern, is required. false: it goes on. ' +
          'Unless given, `backup`, `isolation` and `forbidden-errors` stop.',
      }),
    inconclusive: z.enum(['inconclusive', 'blocker']).optional().meta({
      description:
        'What the verdict is where this gate, being required, can’t tell. blocker: what isn’t shown blocks the deploy, as a plan with hard gates wants it. inconclusive: unless given.',
    }),
  })
  .refine(({ as, stops, inconclusive }) => as !== undefined || stops !== undefined || inconclusive !== undefined, {
    error: 'says neither what the gate is (`as`), nor whether it stops the run (`stops`), nor what a doubt comes to (`inconclusive`)',
    when: keysAreRight,
  })
  .refine(({ as, reason: why }) => as === undefined || as === 'required' || why !== undefined, {
    error: 'needs a reason: a gate that decides nothing is named in the verdict, with why',
    when: keysAreRight,
  })
  .refine(({ as, stops }) => stops !== true || as === undefined || as === 'required', {
    error: 'can’t stop the run: only what decides may',
    when: keysAreRight,
  })
  .refine(({ as, inconclusive }) => inconclusive !== 'blocker' || as === undefined || as === 'required', {
    error: 'can’t block the deploy: only what decides may',
    when: keysAreRight,
  });

export const gates = z.array(gateRule).default([]).meta({
  description:
    'Which gates are required, advisory or off, and which end the run at once. Where several entries mean a gate, the last one that says something counts.',
});

/** What a configuration must say for a rule to be checked against it. */
interface Checked {
  readonly gates: readonly { readonly gate: string }[];
  readonly data: { readonly invariants: readonly { readonly name: string }[] };
  readonly backfills: readonly { readonly name: string }[];
  readonly compatibility: { readonly smoke: readonly { readonly name: string }[] };
  readonly runbook: {
    readonly serverChecks: readonly { readonly name: string }[];
    readonly migrations: readonly Readonly<Record<'before' | 'verify', readonly { readonly name: string }[]>>[];
  };
}

/** A rule for a gate that no run can have would be a promise that nobody keeps. */
export function checkGates(settings: Checked, context: z.core.$RefinementCtx): void {
  if (!keysAreRight(context as unknown as z.core.ParsePayload)) return;
  const known = knownGates(settings);
  for (const [index, { gate }] of settings.gates.entries()) {
    const message = whyUnknown(gate, known) ?? whyUnasked(gate, settings);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['gates', index, 'gate'], message });
  }
}

/** Every gate that this configuration may bring about, as far as their names are known before a run. */
function knownGates({ data, backfills, compatibility, runbook }: Checked): readonly string[] {
  const smoke = compatibility.smoke.map(({ name: of }) => of);
  return [
    ...singleGates,
    ...data.invariants.map(({ name: of }) => `invariant:${of}`),
    ...backfills.map(({ name: of }) => `backfill:${of}`),
    ...runbook.serverChecks.map(({ name: of }) => `server-check:${of}`),
    ...['smoke', 'smoke-before', 'smoke-old-on-new'].flatMap((family) => smoke.map((of) => `${family}:${of}`)),
  ];
}

/** Families whose members have names that only a run knows: files, ways, sessions, revisions. */
const openFamilies: ReadonlySet<string> = new Set(['pgtap', 'pooling', 'rollback', 'before', 'verify']);

/** Of queries around migrations the names are known, if not how the tool calls the revisions. */
function whyUnasked(gate: string, { runbook }: Checked): string | undefined {
  const family = familyOf(gate);
  if (family !== 'before' && family !== 'verify') return undefined;
  const names = runbook.migrations.flatMap((one) => one[family].map(({ name: of }) => of));
  const wanted = gate.slice(gate.lastIndexOf(':') + 1);
  if (names.some((one) => meansGate(wanted, one))) return undefined;
  const guess = closestName(wanted, names);
  return names.length === 0
    ? `names a gate of ${family}, and nothing of that kind is configured`
    : `names no query of runbook.migrations${guess === undefined ? `: ${names.join(', ')} are` : `; did you mean "${guess}"?`}`;
}

function whyUnknown(gate: string, known: readonly string[]): string | undefined {
  if (known.some((one) => meansGate(gate, one))) return undefined;
  const family = familyOf(gate);
  const inFamily = gate.includes(':');
  if (inFamily && openFamilies.has(family)) return undefined;
  if (inFamily && (gateFamilies as readonly string[]).includes(family)) {
    const members = known.filter((one) => one.startsWith(`${family}:`));
    const guess = closestName(gate, members);
    return members.length === 0
      ? `names ${gate.includes('*') ? 'gates' : 'a gate'} of ${family}, and nothing of that kind is configured`
      : `is no gate of this configuration${guess === undefined ? `: ${members.join(', ')} are` : `; did you mean "${guess}"?`}`;
  }
  const guess = closestName(gate, [...known, ...gateFamilies.map((one) => `${one}:*`)]);
  return `is no gate that a run has${guess === undefined ? `: ${[...singleGates, ...gateFamilies.map((one) => `${one}:*`)].join(', ')} are` : `; did you mean "${guess}"?`}`;
}
