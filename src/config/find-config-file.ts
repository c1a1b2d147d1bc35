import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { failure } from '../core/failure.ts';
import { fail, ok, type Result } from '../core/result.ts';

export const configFileNames = [
  'pgrehearse.config.ts',
  'pgrehearse.config.mts',
  'pgrehearse.config.js',
  'pgrehearse.config.mjs',
  'pgrehearse.config.json',
] as const;

/**
 * The absolute path of the configuration file: the named one, or the one in `folder` or the nearest folder above it. A repository's root is the end of the way
 * up, so that a stray file in somebody's home is never taken.
 */
export async function findConfigFile(folder: string, named?: string): Promise<Result<string>> {
  if (named !== undefined) {
    const file = resolve(folder, named);
    const found = statSync(file, { throwIfNoEntry: false });
    const cure = 'Check the path given with --config.';
    if (found === undefined) return fail(failure('config-not-found', `${named} does not exist`, { cure }));
    if (found.isDirectory()) return fail(failure('config-not-found', `${named} is a folder`, { cure: 'Name the file in it, or start pgrehearse there.' }));
    const isKnown = /\.([mc]?[jt]s|json)$/.test(file);
    return isKnown ? ok(file) : fail(failure('config-not-found', `${named} is no configuration: its name would end in .ts, .js or .json`, { cure }));
  }
  for (let current = resolve(folder); ; current = dirname(current)) {
    const present = configFileNames.filter((name) => existsSync(join(current, name)));
    const [only, second] = present;
    if (only !== undefined && second !== undefined) {
      return fail(
        failure('config-invalid', `${current} holds more than one configuration: ${present.join(', ')}`, {
          cure: 'Keep one of them, or name one with --config.',
        }),
      );
    }
    if (only !== undefined) return ok(join(current, only));
    if (existsSync(join(current, '.git')) || dirname(current) === current) break;
  }
  return fail(failure('config-not-found', `there is no pgrehearse.config.ts or .json in ${resolve(folder)}`));
}
