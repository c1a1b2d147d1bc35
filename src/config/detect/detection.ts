import type { SettingsInput } from '../schema.ts';
import type { ProjectFiles } from './project-files.ts';

/** A migration tool that a project seems to use, and the settings that fit it. */
export interface Detection {
  /** What people call the tool. */
  readonly tool: string;
  /** Why it is believed: the file that gave it away. */
  readonly because: string;
  readonly migrate: SettingsInput['migrate'];
  /** What the person still has to decide or check. */
  readonly notes: readonly string[];
}

/** Looks for one tool, or a family of them. */
export type Detector = (project: ProjectFiles) => readonly Detection[];
