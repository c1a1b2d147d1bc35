import type { Migration } from '../core/migration.ts';

/**
 * Whether a tool may apply these revisions in this order: each after all that it rests on, as far as that is among them. Without branches there is one such order;
 * between branches that know nothing of each other a tool decides by what the repo doesn't say, such as the order of a folder on disk.
 *
 * @example isPossibleOrder(migrations, ['0020b', '0020a', '0021']) // true where 0021 merges the other two
 */
export function isPossibleOrder(migrations: readonly Migration[], order: readonly string[]): boolean {
  const place = new Map(order.map((revision, at) => [revision, at]));
  let previous: string | undefined;
  return migrations.every((migration) => {
    const own = place.get(migration.revision);
    if (own === undefined) return true;
    // A history without parents is a line: each rests on the one before it.
    const before = migration.parents ?? (previous === undefined ? [] : [previous]);
    previous = migration.revision;
    return [...before, ...(migration.dependsOn ?? [])].every((revision) => (place.get(revision) ?? -1) < own);
  });
}
