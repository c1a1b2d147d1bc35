import type { Migration } from '../core/migration.ts';
import { headsOf } from './heads.ts';

/**
 * The ends of what is applied: the last one of a line, and of a history with branches each revision that nothing applied follows.
 *
 * @example appliedEnds(migrations, line.applied) // ['0019_nav_snapshots']
 */
export function appliedEnds(migrations: readonly Migration[], applied: readonly string[]): readonly string[] {
  const isApplied = new Set(applied);
  const part = migrations.filter(({ revision }) => isApplied.has(revision));
  if (part.some(({ parents }) => parents !== undefined)) return headsOf(part);
  return part
    .filter(({ repeatable }) => repeatable !== true)
    .slice(-1)
    .map(({ revision }) => revision);
}

/**
 * What is applied as a baseline has to be told of it: the ends with all that they rest on, and what runs again and again, of which each is by itself.
 *
 * @example appliedParts(migrations, line.applied) // ['V1.9__add_email', 'R__views']
 */
export function appliedParts(migrations: readonly Migration[], applied: readonly string[]): readonly string[] {
  const again = migrations.filter(({ repeatable, revision }) => repeatable === true && applied.includes(revision));
  return [...appliedEnds(migrations, applied), ...again.map(({ revision }) => revision)];
}
