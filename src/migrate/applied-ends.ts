import type { Migration } from '../core/migration.ts';
import { headsOf } from './heads.ts';

/**
 * The ends of what is applied: the last one of a line, and of a history with branches each revision that nothing applied follows. What runs again and
 * again is an end of its own.
 *
 * @example appliedEnds(migrations, line.applied) // ['0019_nav_snapshots']
 */
export function appliedEnds(migrations: readonly Migration[], applied: readonly string[]): readonly string[] {
  const isApplied = new Set(applied);
  const part = migrations.filter(({ revision }) => isApplied.has(revision));
  if (part.some(({ parents }) => parents !== undefined)) return headsOf(part);
  const inOrder = part.filter(({ repeatable }) => repeatable !== true);
  return [...inOrder.slice(-1), ...part.filter(({ repeatable }) => repeatable)].map(({ revision }) => revision);
}
