import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { environment } from './environment.ts';

/** The first executable file of this name on PATH; a name with a slash is taken as a path. */
export async function onPath(command: string): Promise<string | undefined> {
  if (command.includes('/')) return (await isExecutable(command)) ? resolve(command) : undefined;
  for (const folder of (environment('PATH') ?? '').split(delimiter)) {
    const file = join(folder === '' ? '.' : folder, command);
    if (await isExecutable(file)) return resolve(file);
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
