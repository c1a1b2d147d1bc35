import type { Waiver } from '../config/load-waivers.ts';
import type { Settings } from '../config/schema.ts';

/** What a rehearsal is asked to do. */
export interface RehearseRequest {
  readonly settings: Settings;
  /** The project's folder: paths of the configuration are relative to it. */
  readonly folder: string;
  /** Where the run's folder goes; as configured (`folders.runs`) unless given. */
  readonly runsFolder?: string;
  readonly toolVersion: string;
  /** Schema differences that the team has accepted for a while; none unless given. */
  readonly waivers?: readonly Waiver[];
  /** Copy the source even where an earlier image would do. */
  readonly fresh?: boolean;
  /** Rehearse nothing but the way back: the verdict says nothing of the deploy then. */
  readonly only?: 'rollback';
}
