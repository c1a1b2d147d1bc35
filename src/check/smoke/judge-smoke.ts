import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type Finding, findingId, type Severity } from '../../core/finding.ts';
import type { GateResult } from '../../core/gate.ts';
import type { Phase } from '../../core/phase.ts';
import { type CloneUse, type SmokeAnswer, type SmokeMoment, type SmokeReport, wasUsed } from '../../core/smoke.ts';
import { conclude } from '../conclude.ts';
import { smokeCheck as about } from './about.ts';

/** The gates of each moment, their phase, and who is meant. */
const moments = {
  before: { prefix: 'smoke-before', phase: 'drift', who: 'Before migrating' },
  'old-on-new': { prefix: 'smoke-old-on-new', phase: 'compatibility', who: 'Today’s application on the migrated schema' },
  new: { prefix: 'smoke', phase: 'compatibility', who: 'After migrating' },
} as const satisfies Record<SmokeMoment, { readonly prefix: string; readonly phase: Phase; readonly who: string }>;

/**
 * Judges what the checks of one moment found: a gate each, `smoke:<name>`, `smoke-before:<name>` or `smoke-old-on-new:<name>`. A pure function.
 *
 * What is broken before migrating isn't the migrations' doing: a check that failed then leaves a doubt afterwards, and no blame. One that passes proves
 * nothing where nobody came to the clone, or where a superuser came in the application's place.
 *
 * @param failedBefore names of the checks that failed before migrating
 * @example judgeSmoke(report, new Set())
 */
export function judgeSmoke(report: SmokeReport, failedBefore: ReadonlySet<string>): readonly CheckOutcome[] {
  return report.answers.map((answer) => judgeAnswer(report, answer, failedBefore.has(answer.name)));
}

function judgeAnswer({ moment, role, version }: SmokeReport, answer: SmokeAnswer, failedBefore: boolean): CheckOutcome {
  const { prefix, phase, who } = moments[moment];
  const of = version === undefined ? '' : ` (${version.ref}, ${version.commit.slice(0, 10)})`;
  const subject = answer.kind === 'application' ? 'the application' : `the check ${answer.name}`;
  const doubt = doubtOf(answer, role, failedBefore && moment !== 'before');
  const severity: Severity | undefined = doubt !== undefined ? 'doubt' : answer.outcome === 'broken' ? (answer.required ? 'blocker' : 'warning') : undefined;
  const what = `${subject}: ${answer.said}`;
  const findings =
    severity === undefined ? [] : [findingOf(answer, { moment, phase, severity, title: `${who}${of}, ${what}${doubt?.clause ?? ''}` }, doubt?.cure)];
  return concludeWith(answer, {
    gate: `${prefix}:${answer.name}`,
    phase,
    required: answer.required,
    // A failure has shown by itself that it was possible.
    couldFail: answer.outcome === 'broken' || (answer.outcome === 'works' && (answer.use === undefined ? answer.kind === 'manual' : wasUsed(answer.use))),
    proof: `${answer.failsBy} would have failed it${answer.use === undefined ? '' : `; ${showUse(answer.use)}, as ${role.name}`}`,
    summary: `${capitalised(what)}${doubt?.clause ?? ''}.`,
    findings,
  });
}

/** An advisory check that broke has failed, though its finding only warns. */
function concludeWith(
  answer: SmokeAnswer,
  conclusion: Pick<GateResult, 'gate' | 'phase' | 'required' | 'couldFail' | 'proof' | 'summary'> & { readonly findings: readonly Finding[] },
): CheckOutcome {
  const { gate, findings } = conclude({ ...conclusion, startedAt: performance.now() });
  const failed = findings.some(({ severity }) => severity === 'warning');
  return { gate: { ...gate, ...(failed ? { outcome: 'failed' as const } : {}), durationMs: answer.durationMs }, findings };
}

interface Doubt {
  readonly clause: string;
  readonly cure?: string;
}

/** Why an answer decides nothing; undefined where it does. */
function doubtOf({ outcome, cure, use, kind }: SmokeAnswer, role: SmokeReport['role'], failedBefore: boolean): Doubt | undefined {
  switch (outcome) {
    case 'broken':
      if (!failedBefore) return undefined;
      return {
        clause: '; it failed before migrating too, so that this shows nothing of the migrations',
        cure: 'Correct first what is broken today, or the check.',
      };
    case 'unknown':
      return { clause: '', cure: cure ?? about.cure };
    case 'works':
      if (use === undefined && kind === 'manual') return undefined;
      if (use === undefined || !wasUsed(use)) {
        return {
          clause: '; but nobody came to the clone meanwhile, so it would have passed on any schema',
          cure: 'Let it ask for something that is read from the database; see that the application connects by DATABASE_URL or the PG* variables, and to no other database.',
        };
      }
      if (role.named) return undefined;
      return {
        clause: `; but as ${role.name}, the clone’s superuser, whom no missing right and no policy stops`,
        cure: 'Set compatibility.role to the role that the application logs in as.',
      };
    default:
      return outcome satisfies never;
  }
}

function findingOf(
  answer: SmokeAnswer,
  { moment, phase, severity, title }: { readonly moment: SmokeMoment; readonly phase: Phase; readonly severity: Severity; readonly title: string },
  cure: string | undefined,
): Finding {
  const object = { kind: answer.kind === 'application' ? 'application' : 'check', name: answer.name };
  const { detail, artifacts = [] } = answer;
  return {
    id: findingId(about.check, object, moment === 'new' ? undefined : moment),
    check: about.check,
    phase,
    severity,
    rootCause: 'compatibility',
    object,
    title,
    ...(detail === undefined ? {} : { detail }),
    cure: cure ?? (moment === 'before' ? 'It is broken today, whatever is migrated: correct the application or the check first.' : about.cure),
    ...(artifacts.length === 0 ? {} : { artifacts }),
  };
}

/** @example '2 sessions came to the clone meanwhile' */
function showUse({ sessions, statements }: CloneUse): string {
  const came = sessions === 0 ? [] : [`${sessions === 1 ? '1 session' : `${sessions} sessions`} came to the clone meanwhile`];
  const ran = statements ? ['a session that was there before ran statements'] : [];
  return [...came, ...ran].join(' and ') || 'nobody came to the clone meanwhile';
}

function capitalised(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
