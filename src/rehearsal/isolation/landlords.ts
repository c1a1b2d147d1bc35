import type { Settings } from '../../config/schema.ts';
import { landlords } from '../../core/landlords.ts';
import { inPlaceOf } from '../in-place/is-in-place.ts';

const amazon: ReadonlySet<string> = new Set(landlords.amazon);
const microsoft: ReadonlySet<string> = new Set(landlords.microsoft);
const nobody: ReadonlySet<string> = new Set();

/** Who looks after the servers of a cloud, and so comes to those that it restored for us as well. On a server of ours nobody does, whatever he is called. */
export function landlordsOf(settings: Pick<Settings, 'target' | 'source'>): ReadonlySet<string> {
  const { source } = settings;
  if (inPlaceOf(settings) === undefined) return nobody;
  if ('rds' in source || 'aurora' in source) return amazon;
  return 'azure' in source ? microsoft : nobody;
}
