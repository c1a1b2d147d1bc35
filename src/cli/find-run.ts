import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadSettings } from '../config/load-settings.ts';
import { failure } from '../core/failure.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { listRuns, type RunListing } from '../evidence/list-runs.ts';

const unconfigured = '.pgrehearse/runs';

/** Where the runs of a project are recorded: as configured, or the usual place where there is no configuration. */
export async function findRunsFolder(folder: string, configFile: string | undefined): Promise<Result<string>> {
  const loaded = await loadSettings(folder, configFile);
  if (loaded.ok) return ok(resolve(loaded.value.folder, loaded.value.settings.folders.runs));
  if (loaded.failure.code === 'config-not-found' && configFile === undefined) return ok(join(folder, unconfigured));
  return loaded;
}

/**
 * The folder of one run.
 *
 * @param named a run's id, the path of its folder, or undefined for the newest run
 * @param wanted of which kind the newest has to be: a rehearsal is no preflight, and a deploy's is not of the way back alone
 */
export async function findRun(
  folder: string,
  configFile: string | undefined,
  named: string | undefined,
  wanted: 'any' | 'rehearsal' | 'deploy' = 'any',
): Promise<Result<string>> {
  if (named !== undefined && existsSync(join(resolve(folder, named), 'journal.jsonl'))) return ok(resolve(folder, named));
  const runsFolder = await findRunsFolder(folder, configFile);
  if (!runsFolder.ok) return runsFolder;
  const runs = await listRuns(runsFolder.value);
  if (!runs.ok) return runs;
  const isWanted = ({ scope }: RunListing) => wanted === 'any' || scope === undefined || (wanted === 'rehearsal' && scope !== 'preflight' && scope !== 'sync');
  const found = named === undefined ? runs.value.find(isWanted) : runs.value.find((run) => run.runId === named);
  if (found !== undefined) return ok(found.folder);
  return fail(
    failure('evidence-not-found', named === undefined ? `${runsFolder.value} holds no run` : `there is no run ${named} in ${runsFolder.value}`, {
      cure: named === undefined ? 'Run `pgrehearse run` first, or name a run’s folder.' : '`pgrehearse runs` lists them.',
    }),
  );
}
