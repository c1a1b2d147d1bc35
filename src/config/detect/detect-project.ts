import type { SettingsInput } from '../schema.ts';
import { detectCommandTools } from './command-tools.ts';
import type { Detection } from './detection.ts';
import { listProjectFiles } from './project-files.ts';
import { detectSqlFolders } from './sql-folders.ts';

/** What `init` knows about a project before it asks anybody. */
export interface DetectedProject {
  /** Every tool that could be meant, the likeliest first. */
  readonly tools: readonly Detection[];
  readonly baseline: SettingsInput['baseline'];
  /** The file that the baseline was taken from, if there is one. */
  readonly schemaFile?: string;
}

/** Names under which teams check their current schema in, the most telling first. */
const schemaFiles = ['db/schema.sql', 'db/structure.sql', 'database/schema.sql', 'sql/schema.sql', 'schema/schema.sql', 'schema.sql', 'structure.sql'];

/**
 * Looks for the migration tool and the checked-in schema of a project, by its files alone: nothing is run.
 *
 * @param folder absolute path of the project
 */
export async function detectProject(folder: string): Promise<DetectedProject> {
  const project = await listProjectFiles(folder);
  const commands = detectCommandTools(project);
  const sql = detectSqlFolders(project);
  // SQL files that we read ourselves give the closest look at each statement; plain numbered ones may belong to a tool that was found by its own file.
  const certain = sql.filter((detection) => detection.notes.length === 0);
  const plain = sql.filter((detection) => detection.notes.length > 0);
  const schemaFile = schemaFiles.find((path) => project.paths.includes(path));
  return {
    tools: [...certain, ...commands, ...plain],
    baseline: schemaFile === undefined ? { mode: 'init-then-migrations' } : { mode: 'init-at-head', schema: [schemaFile] },
    ...(schemaFile === undefined ? {} : { schemaFile }),
  };
}
