import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { Failure } from '../../core/failure.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import { tellDataDifference, tellExceptions, tellTakenBack, type WayBack, type WayBackReport, type WayBackStep, wayWords } from '../../core/rollback.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { showDuration } from '../show-duration.ts';
import { untried } from '../untried.ts';
import { rollbackCheck as about } from './about.ts';

/**
 * Judges a way back that was rehearsed: a gate of its own. A step that leads elsewhere than to what was before is a blocker where the way is required, else a
 * warning, and the gate is failed in either case. Where nothing that was deployed had changed anything, going back proves nothing: inconclusive. Pure.
 *
 * @example judgeWayBack({ way: 'down', required: true, steps })
 */
export function judgeWayBack({ way, required, steps }: WayBackReport): CheckOutcome {
  const startedAt = performance.now();
  const findings = steps.flatMap((step) => findingsOf(way, step, steps));
  const proving = steps.filter(({ changed, compared }) => changed && compared !== undefined && compared.objects > 0);
  const [first] = findings.filter(({ severity }) => severity === 'blocker' || severity === 'doubt');
  const judged = conclude({
    gate: `rollback:${way}`,
    phase: about.phase,
    required,
    couldFail: proving.length > 0 || first?.severity === 'blocker',
    proof: proofOf(steps, proving),
    summary:
      first !== undefined
        ? `${first.title}.`
        : proving.length === 0
          ? 'What was deployed changed nothing, so that taking it back proves nothing.'
          : led(way, steps),
    findings,
    startedAt,
  });
  return required ? judged : { gate: judged.gate, findings: judged.findings.map(asAdvice) };
}

/** The gate of a way back that could not be rehearsed, and why. */
export function untriedWayBack(way: WayBack, required: boolean, trouble: Failure): CheckOutcome {
  const object = { kind: 'way-back', name: way };
  const finding: Finding = {
    ...{ id: findingId(about.check, object, 'untried'), check: about.check, phase: about.phase, severity: required ? 'doubt' : 'warning' },
    ...{ rootCause: 'rollback', object, ...untried(`The way back by ${wayWords[way]} could not be rehearsed`, trouble) },
    ...(trouble.sql === undefined ? {} : { sql: trouble.sql }),
  };
  return conclude({
    ...{ gate: `rollback:${way}`, phase: about.phase, required, couldFail: false, proof: 'it was not rehearsed to its end' },
    ...{ summary: `${finding.title}.`, findings: [finding], startedAt: performance.now() },
  });
}

/** The gate of a deploy for which no way back is known, and why none was rehearsed: a sentence. */
export function noWayBack(why: string, required: boolean): CheckOutcome {
  return conclude({
    ...{ gate: 'rollback', phase: about.phase, required, notApplicable: true, couldFail: false, proof: 'nothing was rehearsed' },
    ...{ summary: why, findings: [], startedAt: performance.now() },
  });
}

function asAdvice(finding: Finding): Finding {
  return finding.severity === 'blocker' || finding.severity === 'doubt' ? { ...finding, severity: 'warning' } : finding;
}

function proofOf(steps: readonly WayBackStep[], proving: readonly WayBackStep[]): string {
  const [last] = proving.toReversed();
  if (last?.compared === undefined) return steps.length === 0 ? 'there was nothing to take back' : 'nothing was compared that a migration had changed before';
  const { objects, tables, values } = last.compared;
  return `${proving.length} of ${showCount(steps.length, 'step')} took back what had changed the clone; compared were ${showCount(objects, 'object')} and, by their hashes, ${showCount(values, 'value')} in ${showCount(tables, 'table')}`;
}

function led(way: WayBack, steps: readonly WayBackStep[]): string {
  const whole = steps.find(({ migration }) => migration === undefined) ?? steps.at(-1);
  const each = steps.filter(({ migration, outcome }) => migration !== undefined && outcome === 'done').length;
  const what =
    way === 'restore'
      ? 'The restored backup is'
      : each === 0
        ? 'What was taken back all together is'
        : each === 1 && steps.length === 1
          ? `${steps[0]?.migration} taken back is`
          : `${showCount(each, 'migration')} taken back, each by itself${steps.length > each ? ' and all together' : ''}, are`;
  const time = whole?.backMs === undefined ? '' : `, in ${showDuration(whole.backMs)}`;
  const rows = whole?.since === undefined || whole.since.failure !== undefined ? '' : tellSince(whole.since);
  const since = way === 'restore' ? ` What was written since the backup is lost${rowsSince(whole)}.` : `${tellDrops(whole?.drops ?? [])}${rows}`;
  return `${what} what was before, schema and data${tellExceptions(steps)}${time}.${since}`;
}

function rowsSince(step: WayBackStep | undefined): string {
  return step?.rowsSince === undefined || step.rowsSince === 0
    ? ''
    : `, and so ${step.rowsSince === 1 ? 'is' : 'are'} ${showCount(step.rowsSince, 'row')} that the migrations wrote`;
}

function tellSince({ tables, gone }: NonNullable<WayBackStep['since']>): string {
  const kept = tables.length - gone.length;
  return ` Of rows written since into ${showCount(tables.length, 'table')}, ${kept === tables.length ? 'all' : kept === 0 ? 'none' : kept} stayed.`;
}

function tellDrops(drops: readonly string[]): string {
  if (drops.length === 0) return '';
  const more = drops.length > 3 ? ` and ${drops.length - 3} more` : '';
  return ` What is written into ${drops.slice(0, 3).join(', ')}${more} since the deploy goes with it.`;
}

function findingsOf(way: WayBack, step: WayBackStep, all: readonly WayBackStep[]): readonly Finding[] {
  const found = (property: string, title: string, rest: Partial<Finding> = {}): Finding => {
    const object = step.migration === undefined ? { kind: 'way-back', name: way } : { kind: 'migration', name: step.migration };
    return {
      ...{ id: findingId(about.check, object, property), check: about.check, phase: about.phase, severity: 'blocker', rootCause: 'rollback', object, title },
      ...(step.migration === undefined ? {} : { migration: step.migration }),
      ...(step.place === undefined ? {} : { place: step.place }),
      cure: about.cure,
      ...rest,
    };
  };
  const what = tellTakenBack(step);
  switch (step.outcome) {
    case 'missing':
      return [found('missing', `${what} has no way down`, { cure: 'Write one, or set rollback.ways to what would be done instead.' })];
    case 'not-tried':
      // Each one that has no way down is told by itself, where each was asked for.
      return all.some(({ outcome }) => outcome === 'missing') ? [] : [found('not-tried', `All migrations can’t be taken back: ${step.why}`)];
    case 'failed': {
      const { failure } = step;
      const place = failure?.place ?? step.place;
      const rest = {
        ...(place && { place }),
        ...(failure?.sql && { sql: failure.sql }),
        detail: failure?.message ?? '',
        cure: 'Correct the statement; `pgrehearse rollback` rehearses the way back alone.',
      };
      return [
        found(
          'failed',
          `Taking back ${what} failed${failure?.sql === undefined ? '' : ` with SQLSTATE ${failure.sql.sqlstate}: ${failure.sql.message}`}`,
          rest,
        ),
      ];
    }
    case 'empty':
      return [
        found('empty', `The way down of ${what} is empty: it takes nothing back`, {
          detail: details(step),
          cure: 'Write what takes the migration back, or set rollback.ways to what would be done instead.',
        }),
        ...dataFindings(step, found),
      ];
    case 'done':
      return doneFindings(step, found);
    default:
      return step.outcome satisfies never;
  }
}

type Found = (property: string, title: string, rest?: Partial<Finding>) => Finding;

function doneFindings(step: WayBackStep, found: Found): readonly Finding[] {
  const what = tellTakenBack(step);
  const failing = step.differences.filter(({ policy }) => policy === 'fail');
  const [first] = failing;
  const [reported] = step.differences.filter(({ policy }) => policy === 'report');
  const more = failing.length > 1 ? `, and ${failing.length - 1} more` : '';
  return [
    ...(first === undefined
      ? []
      : [
          found('schema', `Taking back ${what} doesn’t restore the schema: ${first.title}${more}`, {
            detail: details(step),
            cure: 'Add to the way down what it leaves out.',
            ...(step.advice && { advice: step.advice }),
          }),
        ]),
    ...(reported === undefined || first !== undefined
      ? []
      : [
          found('schema', `Taking back ${what} restores the schema but for what is only reported: ${reported.title}`, {
            severity: 'warning',
            detail: details(step),
            cure: 'Nothing needs to be done; where it counts, schemaGate.policies says so.',
          }),
        ]),
    ...dataFindings(step, found),
    ...(step.ledger === undefined
      ? []
      : [
          found('ledger', `After taking back ${what}, ${step.ledger}`, {
            cure: 'Give the migrator the right to delete there, or take it out in the way down.',
          }),
        ]),
    ...(step.since?.failure === undefined
      ? []
      : [
          found('since', `Taking back ${what} works only as long as nobody has written: ${step.since.failure.sql?.message ?? step.since.failure.message}`, {
            severity: 'doubt',
            ...(step.since.failure.place && { place: step.since.failure.place }),
            ...(step.since.failure.sql && { sql: step.since.failure.sql }),
            detail: `A row with no more than each table asks for was written into ${step.since.tables.join(', ')} after the deploy. ${step.since.failure.message}`,
            cure: 'Make the way down cope with what the new application may write.',
          }),
        ]),
    ...(step.since?.lost === undefined
      ? []
      : [
          found('since-lost', `Taking back ${what} takes away what was written since the deploy: a row of ${step.since.lost.join(', ')} is gone`, {
            severity: 'doubt',
            detail: 'A row with no more than the table asks for was written after the deploy, into a table that was there before. Going back takes it away.',
            cure: 'Undo in the way down only what the migration did; where rows may go, rollback.acceptLosses says so.',
          }),
        ]),
    ...(step.again?.ok === false
      ? [
          found('again', `${step.migration ?? 'The deploy'} can’t be made again after it was taken back: ${step.again.failure.message}`, {
            severity: 'warning',
            ...(step.again.failure.sql && { sql: step.again.failure.sql }),
            cure: 'Correct the way down: it leaves something that the migration meets again.',
          }),
        ]
      : []),
  ];
}

/** What is lost, and apart from it what the team lets go. */
function dataFindings(step: WayBackStep, found: Found): readonly Finding[] {
  const what = tellTakenBack(step);
  const lost = step.data.filter(({ declared }) => declared === undefined);
  const declared = step.data.filter((one) => one.declared !== undefined);
  const list = (all: typeof step.data) => all.map((one) => `${tellDataDifference(one)}${one.declared === undefined ? '' : ` (${one.declared})`}.`).join('\n');
  const [first] = lost;
  const [given] = declared;
  return [
    ...(first === undefined
      ? []
      : [
          found(
            'data',
            `Taking back ${what} doesn’t bring the data back: ${tellDataDifference(first)}${lost.length > 1 ? `, and ${lost.length - 1} more` : ''}`,
            {
              detail: list(lost),
              cure:
                first.kind === 'sequence'
                  ? 'Set it ahead at the end of the way down, with setval().'
                  : 'Keep the values where the way down can fetch them, or know that only a backup brings them back: rollback.acceptLosses says so.',
            },
          ),
        ]),
    ...(given === undefined
      ? []
      : [
          found(
            'declared',
            `Taking back ${what} doesn’t bring back what may go: ${tellDataDifference(given)}${declared.length > 1 ? `, and ${declared.length - 1} more` : ''}`,
            { severity: 'note', detail: list(declared) },
          ),
        ]),
  ];
}

/** At most this many lines: the record has all of them. */
const most = 40;

function details({ differences }: WayBackStep): string {
  const lines = differences.map(({ title, policy }) => `${title}${policy === 'fail' ? '' : ' (only reported)'}.`);
  return [...lines.slice(0, most), ...(lines.length > most ? [`And ${lines.length - most} more.`] : [])].join('\n');
}
