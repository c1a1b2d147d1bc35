import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import type { RequiredObjectState } from '../../core/required-object.ts';
import { conclude } from '../conclude.ts';
import { showCount } from '../show-count.ts';
import { requiredObjects as about } from './about.ts';
import type { FoundObject, FoundObjects, WantedObject } from './read-objects.ts';

export interface RequiredObjectsInput {
  readonly wanted: readonly WantedObject[];
  readonly before: FoundObjects;
  readonly after: FoundObjects;
  /** As performance.now() said when the objects were begun to be looked up. */
  readonly startedAt: number;
}

/**
 * Judges whether every required object is there after migrating, and valid. A pure function. One that this deploy is said to make and that was there before is
 * a doubt: nobody knows then whether the migrations make it.
 */
export function judgeRequiredObjects({
  wanted,
  before,
  after,
  startedAt,
}: RequiredObjectsInput): CheckOutcome & { readonly states: readonly RequiredObjectState[] } {
  const states = wanted.map((one, at) => stateOf(one, before.objects[at], after.objects[at]));
  const findings = states.flatMap((state) => findingsOf(state));
  const blind = [...new Set([...before.decoysFound, ...after.decoysFound])];
  const made = states.filter(({ madeByThisDeploy, before: was }) => madeByThisDeploy && !was).length;
  const kinds = new Set(wanted.map(({ kind }) => kind)).size;
  const [first] = findings;
  const judged = conclude({
    gate: 'required-objects',
    phase: about.phase,
    required: true,
    couldFail: wanted.length > 0 && blind.length === 0,
    proof:
      blind.length > 0
        ? `a name that nobody has was found as ${blind.join(', ')}`
        : `${made === 0 ? '' : `${showCount(made, 'object')} not there before migrating; `}a name that nobody has was not found, of ${showCount(kinds, 'kind')}`,
    summary:
      first === undefined
        ? `${showCount(wanted.length, 'required object')} there and valid.`
        : `${first.title}${findings.length === 1 ? '' : `, and ${showCount(findings.length - 1, 'more finding')}`}.`,
    findings,
    startedAt,
  });
  return { ...judged, states };
}

function stateOf({ kind, name, table, madeByThisDeploy }: WantedObject, before: FoundObject | undefined, after: FoundObject | undefined): RequiredObjectState {
  return {
    ...{ kind, name: table === undefined ? name : `${name} on ${table}`, madeByThisDeploy },
    ...{ before: before?.there === true, after: after?.there === true },
    problems: after?.there === true ? after.problems : [],
  };
}

function findingsOf({ kind, name, before, after, madeByThisDeploy, problems }: RequiredObjectState): readonly Finding[] {
  const object = { kind, name };
  const finding = (property: string | undefined, severity: Finding['severity'], title: string, cure: string = about.cure): Finding => ({
    ...{ id: findingId(about.check, object, property), check: about.check, phase: about.phase, severity },
    ...{ rootCause: 'structural-parity', object, title, cure },
  });
  if (!after) return [finding(undefined, 'blocker', `The required ${kind} ${name} is ${before ? 'gone after migrating' : 'missing after migrating'}`)];
  const invalid = problems.map((problem, at) => finding(at === 0 ? 'invalid' : `invalid-${at + 1}`, 'blocker', `The required ${kind} ${name}: ${problem}`));
  if (!madeByThisDeploy || !before) return invalid;
  const cure = 'Find out how it came there; take madeByThisDeploy out if it belongs there.';
  return [...invalid, finding('there-before', 'doubt', `The ${kind} ${name}, which this deploy is said to make, was there before migrating`, cure)];
}
