import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whether the packages in node_modules are those of the lock file: npm itself writes there what it has installed, when it is done. */
export function isInstalled(root) {
  const wanted = packagesIn(join(root, 'package-lock.json'));
  const found = packagesIn(join(root, 'node_modules', '.package-lock.json'));
  if (found === undefined) return false;
  const isSame = (path) => wanted[path]?.version === found[path].version && wanted[path].integrity === found[path].integrity;
  return Object.keys(found).every(isSame) && Object.keys(wanted).every((path) => path === '' || path in found || mayLack(wanted[path]));
}

/** What npm may leave out: what is made for another platform, and what only such packages need. */
function mayLack({ optional, os, cpu, libc }) {
  const isForUs = os?.includes(process.platform) && cpu?.includes(process.arch) && libc === undefined;
  return optional === true && !isForUs;
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
