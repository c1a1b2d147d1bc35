import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readGitConfig } from './read-git-config.ts';

/** Where a project's plan and scripts are. Absolute paths. */
export interface SqitchConfig {
  readonly planFile: string;
  readonly folders: Readonly<Record<'deploy' | 'revert' | 'reworkedDeploy' | 'reworkedRevert', string>>;
  /** Of scripts, without a dot. */
  readonly extension: string;
}

/** How Sqitch is started. */
export interface SqitchStart {
  /** Absolute: where it is started. */
  readonly workingFolder: string;
  readonly program: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Reads the project's `sqitch.conf`, or the file that SQITCH_CONFIG names, as Sqitch does for a Postgres target: what stands for the target comes before what stands
 * for the engine, and that before `core`. The machine's and the person's own files are left out: a repo doesn't bring them.
 *
 * @param target how the target is called on the command line, such as `db:pg:`
 */
export async function readSqitchConfig(start: SqitchStart, target: string): Promise<SqitchConfig> {
  const folder = resolve(start.workingFolder, option(start.program, '-C', '--chdir', '--cd') ?? '.');
  const file = await textOf(resolve(folder, start.env.SQITCH_CONFIG ?? 'sqitch.conf'));
  const values = readGitConfig(file ?? '');
  const value = (key: string) => values.get(`target.${target}.${key}`) ?? values.get(`engine.pg.${key}`) ?? values.get(`core.${key}`);
  const top = resolve(folder, value('top_dir') ?? '.');
  const reworked = resolve(folder, value('reworked_dir') ?? top);
  const place = (key: string, usual: string) => {
    const given = value(key);
    return given === undefined ? usual : resolve(folder, given);
  };
  const planFile = option(start.program, '-f', '--plan-file') ?? value('plan_file');
  return {
    planFile: planFile === undefined ? resolve(top, 'sqitch.plan') : resolve(folder, planFile),
    folders: {
      deploy: place('deploy_dir', resolve(top, 'deploy')),
      revert: place('revert_dir', resolve(top, 'revert')),
      reworkedDeploy: place('reworked_deploy_dir', resolve(reworked, 'deploy')),
      reworkedRevert: place('reworked_revert_dir', resolve(reworked, 'revert')),
    },
    extension: value('extension') ?? 'sql',
  };
}

function option(program: readonly string[], ...names: readonly string[]): string | undefined {
  const at = program.findIndex((word) => names.includes(word));
  const joined = program.find((word) => names.some((name) => name.startsWith('--') && word.startsWith(`${name}=`)));
  return (at === -1 ? undefined : program[at + 1]) ?? joined?.slice(joined.indexOf('=') + 1);
}

/** Undefined where there is no such file. */
export async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
