import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where the tables of full-size runs are kept. */
export function resultsFolder(): string {
  const folder = join(import.meta.dirname, '..', 'results');
  mkdirSync(folder, { recursive: true });
  return folder;
}
