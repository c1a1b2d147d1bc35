import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { Failure } from '../../core/failure.ts';
import { type Finding, findingId, type Severity } from '../../core/finding.ts';
import type { Cut } from '../../core/interruption.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { untried } from '../untried.ts';
import { interruptedMigration as about } from './about.ts';
import { whereCut } from './where-cut.ts';

export interface CutsInput {
  readonly cuts: readonly Cut[];
  /** Boundaries in transactions: one of them was tried. */
  readonly inTransactions: number;
  readonly required: boolean;
  /** Keys of what differs between two runs that weren't cut, and so wasn't compared. */
  readonly unstable?: readonly string[];
  /** Why nobody asked: a sentence. */
  readonly notAsked?: string;
  /** Why nothing could be tried. */
  readonly trouble?: Failure;
  readonly durationMs?: number;
}

/**
 * Judges what became of deploys that were cut off and run again: the gate `interrupted-migration`. A pure function. One that ends well with another result blocks, whatever
 * the settings say; one that fails, and a place that wasn't tried, do where the gate is required.
 *
 * @example judgeCuts({ cuts, inTransactions: 4, required: false })
 */
export function judgeCuts({ cuts, inTransactions, required, unstable = [], notAsked, trouble, durationMs = 0 }: CutsInput): CheckOutcome {
  const startedAt = performance.now() - durationMs;
  const tried = cuts.filter(({ outcome }) => outcome !== 'not-tried');
  const findings = [
    ...cuts.flatMap((cut) => findingOf(cut, required)),
    ...leftOut(cuts, required),
    ...(trouble === undefined ? [] : [untriedAtAll(trouble, required)]),
  ];
  const silent = cuts.some(({ outcome }) => outcome === 'silently-skips');
  // A result that nobody notices is worse than what the team chose to be told of.
  const gate = { gate: about.check, phase: about.phase, required: silent || (required && notAsked === undefined), findings, startedAt };
  if (notAsked !== undefined) return conclude({ ...gate, notApplicable: true, couldFail: false, proof: 'nothing was cut off', summary: notAsked });
  const told = tried.filter(({ couldDiffer }) => couldDiffer);
  return conclude({
    ...gate,
    couldFail: told.length > 0,
    proof:
      told.length > 0
        ? `${showCount(tried.length, 'deploy')} cut off on clones; after ${told.length === 1 ? 'one' : told.length} of them the database was told apart from the end of a run that wasn’t cut`
        : 'no deploy was cut off at a place where anything could be told from the end',
    summary: `${summary(cuts, tried)}${reasoned(inTransactions, tried)}${passedOver(unstable)}`,
  });
}

/** @example '3 cuts: after 2 a second run goes on, after 1 it is blocked.' */
function summary(cuts: readonly Cut[], tried: readonly Cut[]): string {
  if (tried.length === 0) return 'Nothing could be cut off.';
  const count = (wanted: Cut['outcome']) => cuts.filter(({ outcome }) => outcome === wanted).length;
  const parts = [
    [count('continues'), 'goes on and ends as it should'],
    [count('blocked'), 'is blocked'],
    [count('silently-skips'), 'ends well with another result'],
  ] as const;
  const said = parts.flatMap(([number, what]) =>
    number === 0 ? [] : [`after ${number === tried.length ? (number === 1 ? 'it' : 'all') : number} a second run ${what}`],
  );
  const left = count('not-tried');
  return `${showCount(tried.length, 'cut')}: ${said.join(', ')}.${left === 0 ? '' : ` ${showCount(left, 'boundary')} ${left === 1 ? 'was' : 'were'} not tried.`.replace('boundarys', 'boundaries')}`;
}

/** A transaction leaves nothing, wherever it is cut: that is tried once, and the rest follows. */
function reasoned(inTransactions: number, tried: readonly Cut[]): string {
  const proof = tried.find(({ kind }) => kind === 'in-transaction');
  if (inTransactions <= 1 || proof === undefined) return '';
  const others = inTransactions - 1;
  return proof.stayed.length === 0
    ? ` ${others === 1 ? 'One more boundary stands' : `${others} more boundaries stand`} in transactions, which left nothing when one was cut.`
    : ` The one that was cut in a transaction left something: ${proof.stayed[0]}.`;
}

function passedOver(unstable: readonly string[]): string {
  return unstable.length === 0
    ? ''
    : ` Not compared, since it differs between any two runs: ${unstable.slice(0, 5).join(', ')}${unstable.length > 5 ? ', …' : ''}.`;
}

function findingOf(cut: Cut, required: boolean): readonly Finding[] {
  const where = whereCut(cut);
  switch (cut.outcome) {
    case 'continues':
    case 'not-tried':
      return [];
    case 'silently-skips':
      return [
        {
          ...found(cut, 'blocker', `Cut off ${where}, a second run of the deploy ends well with another result: ${cut.differences[0] ?? 'something differs'}`),
          rootCause: cut.rowsDiffer === true ? 'data-loss' : 'structural-parity',
          detail: [`After the cut: ${sentence(cut.stayed)}`, `After the second run, against a run that wasn’t cut: ${sentence(cut.differences)}`].join('\n'),
        },
      ];
    case 'blocked':
      return [
        {
          ...found(
            cut,
            required ? 'blocker' : 'warning',
            `Cut off ${where}, the deploy can’t be run again: ${cut.error?.message ?? 'it fails'}${stateOf(cut)}`,
          ),
          detail: [`After the cut: ${sentence(cut.stayed)}`, ...(cut.met === undefined ? [] : [cut.met])].join('\n'),
          ...withoutUndefined({ sql: cut.error }),
        },
      ];
  }
}

/** Places that weren't tried, told once with all of them named. */
function leftOut(cuts: readonly Cut[], required: boolean): readonly Finding[] {
  const untried = cuts.filter(({ outcome }) => outcome === 'not-tried');
  const [first] = untried;
  if (first === undefined) return [];
  const object = { kind: 'setting', name: 'interruptions' };
  const { check, phase } = about;
  return [
    {
      id: findingId(check, object, 'not-tried'),
      ...{ check, phase, severity: required ? 'doubt' : 'note', object, rootCause: 'environment' },
      title: `What a second run does after a cut ${untried.length === 1 ? whereCut(first) : `at ${untried.length} places`} was not tried`,
      detail: untried.map((cut) => `Cut ${whereCut(cut)}: ${cut.why ?? 'not known.'}`).join('\n'),
      cure: 'Allow more cuts or more time (interruptions.most, interruptions.maxSeconds), or look at these places by hand.',
    },
  ];
}

function stateOf({ error }: Cut): string {
  return error === undefined || error.sqlstate === '' ? '' : ` (SQLSTATE ${error.sqlstate})`;
}

function sentence(texts: readonly string[]): string {
  return texts.length === 0 ? 'nothing had changed.' : `${texts.join('; ')}.`;
}

function found(cut: Cut, severity: Severity, title: string): Finding {
  const object = { kind: 'migration', name: cut.migration };
  const { check, phase, cure } = about;
  return {
    id: findingId(check, object, cut.id.slice(cut.migration.length + 1)),
    ...{ check, phase, severity, object, title, rootCause: 'sql-error', migration: cut.migration, place: cut.place },
    cure: cut.advice === '' ? cure : `${cut.advice} ${cure}`,
  };
}

function untriedAtAll(trouble: Failure, required: boolean): Finding {
  const object = { kind: 'setting', name: 'interruptions' };
  const { check, phase } = about;
  return {
    id: findingId(check, object, 'untried'),
    ...{ check, phase, severity: required ? 'doubt' : 'note', object, rootCause: 'environment' },
    ...untried('What a second run of the deploy does could not be tried', trouble),
  };
}
