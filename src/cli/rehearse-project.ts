import { resolve } from 'node:path';
import { loadSettings } from '../config/load-settings.ts';
import { loadWaivers } from '../config/load-waivers.ts';
import type { Settings } from '../config/schema.ts';
import type { CloneMethodName } from '../core/clone-method-name.ts';
import type { CloudChoices } from '../core/cloud.ts';
import type { Emit } from '../core/event.ts';
import type { Result } from '../core/result.ts';
import type { RunResult } from '../rehearsal/rehearse.ts';
import { leaveHomes, makeContext } from './make-context.ts';
import { toolVersion } from './tool-version.ts';

export interface ProjectRehearsal {
  /** The project's folder, in which or above which the configuration is looked for; the current one unless given. */
  readonly folder?: string;
  /** The configuration file, relative to `folder`. */
  readonly configFile?: string | undefined;
  /** Copy the source even where an image that was made earlier would do. */
  readonly fresh?: boolean;
  /** How clones are made, in place of the configuration's clone.method. */
  readonly cloneMethod?: CloneMethodName | undefined;
  /** Sessions that copy side by side; one for each core, at most 4, unless given. */
  readonly jobs?: number | undefined;
  /** What is permitted, and wanted, where the source is a snapshot in a cloud. */
  readonly cloud?: CloudChoices;
  /** Rehearse nothing but the way back: the verdict says nothing of the deploy then. */
  readonly only?: 'rollback';
  /** Hears everything that the run says. */
  readonly onEvent?: Emit;
  /** Aborted: the run ends, and what it made is removed before the promise resolves. */
  readonly signal?: AbortSignal;
}

/**
 * Rehearses the deploy of a project, as `pgrehearse run` does: reads its configuration, copies production, migrates the copy, judges.
 *
 * Fails with `config-invalid`, `config-not-found`, `waivers-invalid` and `home-unsafe`, and when not even the run folder could be made. Everything else that goes wrong is part of the
 * verdict.
 *
 * @example
 * const ended = await rehearse({ folder: '/home/me/shop', onEvent: (event) => process.stdout.write(`${event.type}\n`) });
 * if (ended.ok && ended.value.verdict.kind !== 'PASS') process.exitCode = ended.value.exitCode;
 */
export async function rehearseProject({
  folder = '.',
  configFile,
  fresh = false,
  cloneMethod,
  jobs,
  cloud,
  only,
  onEvent = () => {},
  signal = new AbortController().signal,
}: ProjectRehearsal = {}): Promise<Result<RunResult>> {
  const loaded = await loadSettings(resolve(folder), configFile);
  if (!loaded.ok) return loaded;
  const waivers = await loadWaivers(loaded.value.folder, loaded.value.settings.schemaGate.waivers, resolve(folder));
  if (!waivers.ok) return waivers;
  const context = await makeContext({ emit: onEvent, signal, jobs, ...(cloud && { cloud }) });
  if (!context.ok) return context;
  try {
    // Late, so that a configuration that imports only defineConfig from this package is read at once.
    const { rehearse } = await import('../rehearsal/rehearse.ts');
    const settings = withMethod(loaded.value.settings, cloneMethod);
    return await rehearse(context.value, { settings, waivers: waivers.value, fresh, folder: loaded.value.folder, toolVersion, ...(only && { only }) });
  } finally {
    await leaveHomes();
  }
}

function withMethod(settings: Settings, method: CloneMethodName | undefined): Settings {
  return method === undefined ? settings : { ...settings, clone: { ...settings.clone, method } };
}
