import type { Advice, Waived } from './explained-comparison.ts';
import type { Failure, Place, SqlErrorFields } from './failure.ts';
import type { ObjectName } from './object-name.ts';
import type { Phase } from './phase.ts';
import type { RootCause } from './root-cause.ts';
import type { DifferenceClass } from './schema-difference.ts';

/** `blocker` fails the gate it belongs to; `doubt` makes it inconclusive; `warning` and `note` only inform. */
export type Severity = 'blocker' | 'doubt' | 'warning' | 'note';

/** One thing that a gate found. The same fault gets the same id in every run. */
export interface Finding {
  /** `<check>:<object kind>:<object name>[:<property>]`: stable from run to run. */
  readonly id: string;
  /** The check that found it, kebab-case, as in check/ or schema/. */
  readonly check: string;
  readonly phase: Phase;
  readonly severity: Severity;
  readonly rootCause: RootCause;
  readonly object: ObjectName;
  /** One sentence: what is wrong with which object. */
  readonly title: string;
  /** What it means and how to see it, a few sentences. */
  readonly detail?: string;
  readonly expected?: string;
  readonly actual?: string;
  /** Set on schema differences. */
  readonly differenceClass?: DifferenceClass;
  /** Set on schema differences that stood before this release. */
  readonly oldDrift?: true;
  /** Set on schema differences that the team has accepted for a while: they inform only. */
  readonly waived?: Waived;
  /** SQL that would cure a schema difference; shown, never run. */
  readonly advice?: Advice;
  /** The migration (and place in it) that did it, where known. */
  readonly migration?: string;
  readonly place?: Place;
  readonly sql?: SqlErrorFields;
  /** Why what it speaks of could not be tried. Several may have it in common: a verdict tells it once. */
  readonly because?: Pick<Failure, 'code' | 'rootCause' | 'message' | 'cure'>;
  /** What to do. */
  readonly cure: string;
  /** Statements to paste into psql in order to see it. */
  readonly showSql?: string;
  /** Paths of artifacts in the run folder that hold the proof. */
  readonly artifacts?: readonly string[];
}

/** The id of a finding. */
export function findingId(check: string, object: ObjectName, property?: string): string {
  return [check, object.kind, object.name, ...(property === undefined ? [] : [property])].join(':');
}
