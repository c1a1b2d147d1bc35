import type { RecordingCheckName } from '../../config/settings/record.ts';
import type { Advice } from '../../core/explained-comparison.ts';
import type { SqlErrorFields } from '../../core/failure.ts';
import type { ObjectName } from '../../core/object-name.ts';
import type { RecordedStatement } from '../../core/recording.ts';
import type { RootCause } from '../../core/root-cause.ts';
import type { CheckAbout } from '../check-about.ts';
import type { RecordedRun } from './recorded-run.ts';

/** A check of a recording: what it is, and what it sees. It knows nothing of the team's policies. */
export interface RecordingCheck {
  readonly about: CheckAbout & { readonly check: RecordingCheckName };
  readonly rootCause: RootCause;
  readonly judge: (run: RecordedRun) => readonly Sighting[];
}

/** What a check saw. How grave it is at its worst is the team's policy for that check. */
export interface Sighting {
  /** full: what the policy says. less: a warning at most. least: a note at most. */
  readonly weight: 'full' | 'less' | 'least';
  readonly object: ObjectName;
  /** Tells several findings of one check on one object apart. */
  readonly property?: string;
  readonly title: string;
  readonly detail: string;
  /** The statement that did it. */
  readonly statement?: RecordedStatement;
  /** Where no statement is known, or more than one. */
  readonly migration?: string;
  /** Instead of the check's own. */
  readonly cure?: string;
  /** The safe way, with the real names. */
  readonly safeWay?: Advice;
  readonly sql?: SqlErrorFields;
  readonly showSql?: string;
}
