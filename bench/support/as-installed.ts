import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { basename, join } from 'node:path';

const distFolder = join(import.meta.dirname, '..', '..', 'dist');

/**
 * Puts a program of this folder beside the compiled package, as JavaScript: what would take its types out while it is measured needs some 18 MB of memory,
 * which nobody has who installs the package. Returns its path. `npm run build` comes before.
 */
export function asInstalled(program: string): string {
  const folder = join(distFolder, 'bench');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${basename(program, '.ts')}.js`);
  writeFileSync(path, stripTypeScriptTypes(readFileSync(join(import.meta.dirname, program), 'utf8')));
  return path;
}
