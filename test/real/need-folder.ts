import { existsSync } from 'node:fs';

/** Says in a sentence what is missing, before any test starts. */
export function setup(): void {
  const folder = process.env.PGREHEARSE_REAL ?? '';
  if (folder === '') throw new Error('Set PGREHEARSE_REAL to the folder that holds the real migration histories (docs.rs, openfga, river).');
  if (!existsSync(folder)) throw new Error(`PGREHEARSE_REAL names ${folder}, which does not exist.`);
}
