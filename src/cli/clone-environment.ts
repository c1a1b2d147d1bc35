import { loadSettings } from '../config/load-settings.ts';
import type { Settings } from '../config/schema.ts';
import { ok, type Result } from '../core/result.ts';
import type { Address } from '../core/server.ts';
import { commandEnvironment } from '../migrate/command-environment.ts';

/**
 * The environment with which an application uses a clone: DATABASE_URL, the PG* variables and the variables that the team itself uses.
 * Works without a configuration too; one that has errors is a failure, since the team's own variables would be missing silently.
 */
export async function cloneEnvironment(address: Address, folder: string, configFile: string | undefined): Promise<Result<Record<string, string>>> {
  const loaded = await loadSettings(folder, configFile);
  if (!loaded.ok && (loaded.failure.code !== 'config-not-found' || configFile !== undefined)) return loaded;
  return ok(commandEnvironment(address, { env: {}, ...(loaded.ok ? teamVariables(loaded.value.settings) : {}) }));
}

/** The names of the team's own variables for database and URL. */
export interface TeamVariables {
  readonly databaseNameVariable?: string | undefined;
  readonly databaseUrlVariable?: string | undefined;
}

/** What the configuration says of them: for clones first, else for the migration tool. */
export function teamVariables({ clone, migrate }: Settings): TeamVariables {
  const ofTool: TeamVariables = migrate.tool === 'command' ? migrate : {};
  const databaseNameVariable = clone.databaseNameVariable ?? ofTool.databaseNameVariable;
  return {
    ...(databaseNameVariable === undefined ? {} : { databaseNameVariable }),
    ...(ofTool.databaseUrlVariable === undefined ? {} : { databaseUrlVariable: ofTool.databaseUrlVariable }),
  };
}

/** Lines that a POSIX shell reads: `export DATABASE_URL='postgres://…'`. */
export function exportLines(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`);
}
