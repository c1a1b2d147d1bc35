import type { Failure } from '../core/failure.ts';
import { failureCatalogue } from '../core/failure-catalogue.ts';
import type { Finding } from '../core/finding.ts';
import { compareCauses, compareFindings } from '../core/finding-order.ts';
import type { GateResult, GateRole } from '../core/gate.ts';
import { type MaskingFacts, maskedSentence } from '../core/masking.ts';
import { phases } from '../core/phase.ts';
import type { RootCause } from '../core/root-cause.ts';
import type { Verdict } from '../core/verdict.ts';
import { exitCode } from './exit-code.ts';
import { gateCause, gateStanding, whyInconclusive } from './gate-standing.ts';

/** All that a verdict may depend on. */
export interface Case {
  readonly gates: readonly GateResult[];
  readonly findings: readonly Finding[];
  readonly failures: readonly Failure[];
  /** False: migrations ran as some other role than production's migrator. */
  readonly migratorKnown: boolean;
  /** How many migrations were pending; undefined when the run stopped before that was known. */
  readonly pending: number | undefined;
  readonly interrupted?: boolean;
  /** What of the source was masked; absent: nothing. */
  readonly masking?: MaskingFacts | undefined;
  /** What was rehearsed, where it wasn't the deploy. */
  readonly only?: 'way-back' | 'sync';
  /** Names and patterns of gates that the configuration requires and that nothing answered. */
  readonly unanswered?: readonly string[];
}

interface Reason {
  readonly rootCause: RootCause;
  readonly text: string;
  readonly failure?: Failure;
}

/**
 * The verdict of a run; pure, and the same whatever the order of gates, findings and failures.
 *
 * BLOCKER when a required gate failed or a migration did: that is a proven fact, so that neither an interruption nor a doubt
 * elsewhere takes it back. PASS only when every required gate passed and was shown able to fail, at least one of them judging
 * the schema or the data, something was pending, and the migrator was production's own. Everything else is INCONCLUSIVE.
 */
export function judge(the: Case): Verdict {
  const verdict = decide(the);
  return {
    ...verdict,
    summary: `${the.only === 'way-back' ? wayBackOnly : ''}${verdict.summary}${maskedSentence(the.masking, the.gates)}${sampledSentence(the.gates)}${waivedSentence(the.findings)}${ruledSentence(the.gates)}`,
  };
}

/** Whoever reads nothing but the summary must not take it for a verdict on the deploy. */
const wayBackOnly = 'Of the way back only, the deploy itself was not judged: ';

/** Which gates saw some of the rows only. */
function sampledSentence(gates: readonly GateResult[]): string {
  const sampled = gates.flatMap(({ gate, sampledPercent }) => (sampledPercent === undefined ? [] : [`${gate} (${sampledPercent} percent)`])).sort();
  return sampled.length === 0 ? '' : ` Only a sample of the rows was looked at by ${sampled.join(', ')}.`;
}

/** Which gates the configuration keeps from deciding, and what they would have said: nobody should have to look for that. */
function ruledSentence(gates: readonly GateResult[]): string {
  const said = (as: GateRole) => gates.filter(({ ruled }) => ruled?.as === as);
  const advisory = said('advisory').map(({ gate, outcome }) => (outcome === 'passed' ? gate : `${gate} (${outcome})`));
  const off = said('off').map(({ gate }) => gate);
  const are = (names: readonly string[]) => `${unique(names).sort().join(', ')} ${names.length === 1 ? 'is' : 'are'}`;
  return `${advisory.length === 0 ? '' : ` By configuration ${are(advisory)} advisory.`}${off.length === 0 ? '' : ` By configuration ${are(off)} switched off.`}`;
}

/** What the verdict passes over because the team has accepted it for a while. */
function waivedSentence(findings: readonly Finding[]): string {
  const days = findings.flatMap(({ waived }) => (waived === undefined ? [] : [waived.expires])).sort();
  if (days.length === 0) return '';
  const later = days.at(-1) === days[0] ? '' : ' or later';
  return ` ${days.length} schema ${days.length === 1 ? 'difference is' : 'differences are'} waived until ${days[0]}${later}.`;
}

function decide(the: Case): Verdict {
  const owners = new Map(the.findings.map((finding) => [finding, gatesOf(finding, the.gates)]));
  const required = the.gates
    .filter((gate) => gate.required)
    .sort(byPhaseAndName)
    .map((gate) => ({ gate, findings: the.findings.filter((finding) => owners.get(finding)?.includes(gate)).sort(compareFindings) }))
    .map((entry) => ({ ...entry, standing: gateStanding(entry.gate, entry.findings) }));
  // A finding that no gate claims must never go unheard: it counts as one of a required gate.
  const orphans = the.findings.filter((finding) => owners.get(finding)?.length === 0).sort(compareFindings);
  const failures = [...the.failures].sort(byImportance);

  const failedGates = required.filter(({ standing }) => standing === 'failed');
  const blockers = dedupe([...failedGates.flatMap(({ findings }) => findings), ...orphans])
    .filter((finding) => finding.severity === 'blocker')
    .sort(compareFindings);
  const fatal = failures.filter((one) => failureCatalogue[one.code].ending === 'blocker');
  if (failedGates.length + blockers.length + fatal.length > 0) {
    const speechless = failedGates.filter(({ findings }) => !findings.some((finding) => finding.severity === 'blocker')).map(({ gate }) => gate);
    const verdict = blocked(blockers, fatal, speechless, the.only === 'sync' ? ['is as grave', 'are as grave'] : ['blocks the deploy', 'block the deploy']);
    return { ...verdict, summary: `${verdict.summary}${cutShort(failures)}` };
  }

  const unsure = required.filter(({ standing }) => standing === 'inconclusive');
  const untried = unsure.filter(({ findings }) => becauseOf(findings) !== undefined);
  const undecided: readonly Reason[] = unsure
    .filter((entry) => !untried.includes(entry))
    .map(({ gate, findings }) => ({
      rootCause: findings.find((finding) => finding.severity === 'doubt')?.rootCause ?? gateCause(gate),
      text: whyInconclusive(gate, findings),
    }));
  const reasons: Reason[] = [
    ...(the.interrupted && !failures.some((one) => one.code === 'interrupted')
      ? [{ rootCause: 'environment' as const, text: 'The run was interrupted before it could decide' }]
      : []),
    ...failures.filter((one) => failureCatalogue[one.code].ending !== 'leftover').map((one) => ({ rootCause: one.rootCause, text: one.message, failure: one })),
    ...commonReasons(untried),
    ...undecided.filter(({ rootCause }) => rootCause !== 'lock'),
    ...orphans.filter((finding) => finding.severity === 'doubt').map((finding) => ({ rootCause: finding.rootCause, text: finding.title })),
  ];
  const passed = required.filter(({ standing }) => standing === 'passed').map(({ gate }) => gate);
  // A run that was stopped before the migrations tells why it was stopped; what it could not get to would only hide that.
  if (reasons.length === 0 || the.gates.some((gate) => phases.indexOf(gate.phase) >= phases.indexOf('migrate'))) reasons.push(...consequences(the, passed));
  // Locks are judged before the schema and the data, and matter less than these.
  reasons.push(...undecided.filter(({ rootCause }) => rootCause === 'lock'));
  return reasons.length > 0 ? inconclusive(reasons) : passing(passed.length);
}

/** Causes that say nothing of the migrations. */
const outside: ReadonlySet<RootCause> = new Set<RootCause>(['connection', 'authentication', 'tls', 'kms', 'quota', 'environment']);

/** Why what a gate asks could not be tried at all, where that isn’t the migrations’ fault. */
function becauseOf(findings: readonly Finding[]): Finding['because'] {
  const doubts = findings.filter(({ severity }) => severity === 'doubt');
  const [because] = doubts.flatMap((doubt) => doubt.because ?? []);
  return because !== undefined && outside.has(because.rootCause) ? because : undefined;
}

/** What keeps several gates from being asked is told once, with their names: whoever cures it cures them all. */
function commonReasons(untried: readonly { readonly gate: GateResult; readonly findings: readonly Finding[] }[]): readonly Reason[] {
  const causes = Map.groupBy(untried, ({ findings }) => becauseOf(findings)?.message ?? '');
  return [...causes].flatMap(([message, entries]) => {
    const [because] = entries.flatMap(({ findings }) => becauseOf(findings) ?? []);
    if (because === undefined) return [];
    const names = unique(entries.map(({ gate }) => gate.gate)).join(', ');
    const text = `${message.replace(/\.$/, '')}: not rehearsed for ${names}`;
    return [{ rootCause: because.rootCause, text, failure: because }];
  });
}

/** What was found stands; but a run that broke off has another exit code than a BLOCKER, and nobody should have to guess why. */
function cutShort(failures: readonly Failure[]): string {
  const [first] = failures.filter((one) => exitCode({ failures: [one], leftovers: [] }) === 4);
  return first === undefined ? '' : ` Besides, the run was cut short, and its exit code tells that rather than the verdict: ${asSentence(first.message)}`;
}

/** Gates of those phases that look at a few names only: alone they say nothing of the schema. */
const narrow: ReadonlySet<string> = new Set(['required-objects', 'ledger-rows', 'isolation']);

/** What a PASS needs besides gates that passed. */
function consequences({ pending, migratorKnown, only, unanswered = [] }: Case, passed: readonly GateResult[]): readonly Reason[] {
  const role = migratorKnown
    ? []
    : [{ rootCause: 'privileges' as const, text: 'The role that migrates production is not known; set migrate.role so that its rights are rehearsed too' }];
  const unheard = unanswered.map((gate) => ({ rootCause: 'environment' as const, text: `The configuration requires ${gate}, and no such gate was asked` }));
  if (only === 'way-back') {
    // That something was pending, and changed something, is what its gates rest on.
    const gone = passed.some((gate) => gate.phase === 'rollback');
    return gone ? role : [...role, { rootCause: 'rollback' as const, text: 'No required way back passed and could have failed' }];
  }
  if (only === 'sync') {
    const came = passed.some(({ gate }) => gate === 'sync-tables' || gate === 'object-parity');
    return came ? unheard : [...unheard, { rootCause: 'fidelity' as const, text: 'Nothing of production came to staging' }];
  }
  const judged = passed.some(({ gate, phase }) => (phase === 'schema-gate' || phase === 'data-gate') && !narrow.has(gate));
  return [
    ...(pending === undefined ? [{ rootCause: 'dependency-order' as const, text: 'Which migrations are pending is not known' }] : []),
    ...(pending === 0 ? [{ rootCause: 'dependency-order' as const, text: 'No migration was pending, so nothing was rehearsed' }] : []),
    ...role,
    ...unheard,
    ...(judged ? [] : [{ rootCause: 'structural-parity' as const, text: 'No required gate that judges the schema or the data passed and could have failed' }]),
  ];
}

function passing(gates: number): Verdict {
  const summary = gates === 1 ? 'The required gate passed, and was shown able to fail.' : `All ${gates} required gates passed, each shown able to fail.`;
  return { kind: 'PASS', gatesPassed: gates, summary };
}

function blocked(blockers: readonly Finding[], fatal: readonly Failure[], speechless: readonly GateResult[], blocks: readonly [string, string]): Verdict {
  const causes = unique([...blockers.map((one) => one.rootCause), ...fatal.map((one) => one.rootCause), ...speechless.map(gateCause)]).sort(compareCauses);
  // The gravest finding decides, unless a failure of a graver cause stopped the run. Without findings the list has one at least.
  const [gravest] = blockers;
  const [worst] = fatal;
  const byFailure = worst !== undefined && (gravest === undefined || compareCauses(worst.rootCause, gravest.rootCause) < 0);
  const rootCause = byFailure ? worst.rootCause : (gravest?.rootCause ?? causes[0] ?? 'environment');
  const sentence = byFailure ? worst.message : (gravest?.title ?? speechless[0]?.summary ?? '');
  const others = blockers.length - (byFailure ? 0 : 1);
  const more = blockers.length > 0 && others > 0 ? ` And ${others} more ${others === 1 ? 'finding' : 'findings'} ${blocks[others === 1 ? 0 : 1]}.` : '';
  return {
    kind: 'BLOCKER',
    rootCause,
    otherCauses: causes.filter((cause) => cause !== rootCause),
    findingIds: unique(blockers.map((finding) => finding.id)),
    summary: `${asSentence(sentence)}${more}`,
  };
}

function inconclusive(reasons: readonly Reason[]): Verdict {
  const texts = unique(reasons.map((reason) => asSentence(reason.text)));
  const stopping = reasons.find((reason) => reason.failure !== undefined)?.failure;
  const more = texts.length > 1 ? ` (${texts.length - 1} more ${texts.length === 2 ? 'reason' : 'reasons'})` : '';
  return {
    kind: 'INCONCLUSIVE',
    rootCause: reasons[0]?.rootCause ?? 'environment',
    reasons: texts,
    ...(stopping === undefined ? {} : { failure: stopping }),
    summary: `${texts[0] ?? ''}${more}`,
  };
}

/** The gates that claim a finding: those of its own phase, since the same fault has the same id in two phases; else those of any. */
function gatesOf(finding: Finding, gates: readonly GateResult[]): readonly GateResult[] {
  const claiming = gates.filter((gate) => gate.findingIds.includes(finding.id));
  const ofItsPhase = claiming.filter((gate) => gate.phase === finding.phase);
  return ofItsPhase.length > 0 ? ofItsPhase : claiming;
}

function byImportance(a: Failure, b: Failure): number {
  return compareCauses(a.rootCause, b.rootCause) || (a.message < b.message ? -1 : a.message > b.message ? 1 : 0);
}

function byPhaseAndName(a: GateResult, b: GateResult): number {
  // To the last property: two gates of one name may claim different findings.
  const left = `${a.phase}\n${a.gate}\n${a.outcome}\n${a.summary}\n${JSON.stringify(a)}`;
  const right = `${b.phase}\n${b.gate}\n${b.outcome}\n${b.summary}\n${JSON.stringify(b)}`;
  return left < right ? -1 : left > right ? 1 : 0;
}

function dedupe(findings: readonly Finding[]): Finding[] {
  return [...new Set(findings)];
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

function asSentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
