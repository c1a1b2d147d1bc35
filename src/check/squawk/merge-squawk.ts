import type { RecordSettings } from '../../config/schema.ts';
import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import { showCount } from '../show-count.ts';
import { squawkHints as about } from './about.ts';
import type { SquawkAnswer, SquawkHint } from './ask-squawk.ts';
import { checksOfRule } from './squawk-rules.ts';

/** At most so many places are named in one finding. */
const named = 10;

/**
 * Adds squawk's hints to what the flight recorder's checks found. Where both see the same in the same statement, there is one finding, and squawk is named as
 * a second witness; everything else is a note. The gate stays as it is: hints never decide.
 */
export function mergeSquawk(outcome: CheckOutcome, answer: SquawkAnswer, checks: RecordSettings['checks']): CheckOutcome {
  if (answer.kind === 'not-installed') return outcome;
  if (answer.kind === 'unusable') return { ...outcome, findings: [...outcome.findings, unusable(answer.command, answer.why)] };
  const witnessed = new Set<SquawkHint>();
  const findings = outcome.findings.map((finding) => {
    const same = answer.hints.filter((hint) => isOf(hint, finding));
    for (const hint of same) witnessed.add(hint);
    return same.length === 0 ? finding : { ...finding, detail: withWitness(finding.detail, same) };
  });
  const alone = Map.groupBy(
    answer.hints.filter((hint) => !witnessed.has(hint)),
    ({ rule }) => rule,
  );
  const [first] = answer.unread;
  return {
    ...outcome,
    findings: [
      ...findings,
      ...[...alone].map(([rule, hints]) => note(rule, hints, measured(rule, hints, outcome.findings, checks))),
      ...(first === undefined ? [] : [unread(first.migration, first.why, answer.unread.length)]),
    ],
  };
}

function isOf({ rule, migration, statementLine }: SquawkHint, { check, migration: ours, place }: Finding): boolean {
  if (!checksOfRule(rule).some((name) => name === check)) return false;
  // Many of a kind are one finding, which may be of several migrations.
  if (ours === undefined) return true;
  // A missing lock_timeout is the whole migration's: we name its first statement, squawk each.
  return migration === ours && (check === 'no-lock-timeout' || place?.line === undefined || place.line === statementLine);
}

function withWitness(detail: string | undefined, hints: readonly SquawkHint[]): string {
  const witness = `squawk says so as well: ${[...new Set(hints.map(({ rule }) => rule))].join(', ')}.`;
  return detail === undefined ? witness : `${detail}${detail.includes('\n') ? '\n' : ' '}${witness}`;
}

/** The checks that looked for the same in these migrations and found nothing at all there. */
function measured(rule: string, hints: readonly SquawkHint[], findings: readonly Finding[], checks: RecordSettings['checks']): readonly string[] {
  const migrations = new Set<string | undefined>(hints.map(({ migration }) => migration));
  const touches = (finding: Finding, check: string) => finding.check === check && (finding.migration === undefined || migrations.has(finding.migration));
  return checksOfRule(rule).filter((check) => checks[check] !== 'off' && !findings.some((finding) => touches(finding, check)));
}

function note(rule: string, hints: readonly SquawkHint[], looked: readonly string[]): Finding {
  const [first] = hints;
  const places = hints.slice(0, named).map(({ file, line }) => `${file}, line ${line}`);
  const migrations = new Set(hints.map(({ migration }) => migration));
  const [migration] = migrations;
  const count = hints.length === 1 ? '' : `, in ${showCount(hints.length, 'place')}`;
  return {
    ...base({ kind: 'rule', name: rule }),
    title: `squawk (${rule})${count}: ${short(first?.message ?? '').replace(/\.$/, '')}`,
    detail: [
      `${places.join('; ')}${hints.length > named ? ` and ${hints.length - named} more` : ''}.`,
      ...(looked.length === 0 ? [] : [`The flight recorder looked for the same (${looked.join(', ')}) and found nothing to tell of there.`]),
    ].join(' '),
    ...(migration !== undefined && migrations.size === 1 ? { migration } : {}),
    ...(first !== undefined && migrations.size === 1 ? { place: { file: first.file, line: first.line } } : {}),
    cure: `${first?.help === undefined ? '' : `${short(first.help)} `}See https://squawkhq.com/docs/${rule}.`,
  };
}

function unusable(command: string, why: string): Finding {
  return {
    ...base({ kind: 'program', name: 'squawk' }),
    title: 'squawk is installed, and its hints are missing',
    detail: `${command}: ${short(why)}. Nothing else depends on it.`,
    cure: 'Install squawk 2 (npm package squawk-cli), or switch it off: record.squawk: off.',
  };
}

function unread(migration: string, why: string, count: number): Finding {
  return {
    ...base({ kind: 'program', name: 'squawk' }, 'unread'),
    title: `squawk’s hints are missing for ${showCount(count, 'migration')}`,
    detail: `The first is ${migration}: ${short(why)}. Nothing else depends on it.`,
    cure: 'Try `squawk` on the file by hand, or switch it off: record.squawk: off.',
  };
}

function base(object: Finding['object'], property?: string): Pick<Finding, 'id' | 'check' | 'phase' | 'severity' | 'rootCause' | 'object'> {
  const { check, phase } = about;
  return { id: findingId(check, object, property), check, phase, severity: 'note', rootCause: 'lock', object };
}

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 400 ? `${line.slice(0, 399)}…` : line;
}
