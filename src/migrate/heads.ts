import type { Migration } from '../core/migration.ts';

/**
 * The revisions that nothing follows. A history without parents is a line, and its head is the last one. Where several histories stand beside each other, each has a
 * head that is no fault: then these are the heads of those that have more than one, or else the last of all.
 *
 * @example headsOf(migrations).length > 1 // two branches that nobody merged
 */
export function headsOf(migrations: readonly Migration[]): readonly string[] {
  const followed = new Set(migrations.flatMap((migration, at) => parentsOf(migrations, migration, at)));
  const ends = migrations.filter(({ revision }) => !followed.has(revision));
  // What runs again and again is no end of anything, unless there is nothing else.
  const heads = ends.every(({ repeatable }) => repeatable) ? ends.slice(-1) : ends.filter(({ repeatable }) => repeatable !== true);
  const rivals = heads.filter(({ app }) => app !== undefined && heads.filter((other) => other.app === app).length > 1);
  const told = heads.every(({ app }) => app === undefined) ? heads : rivals.length > 0 ? rivals : heads.slice(-1);
  return told.map(({ revision }) => revision);
}

/** All that must be applied where these revisions are: themselves, and whatever they rest on. */
export function withAncestors(migrations: readonly Migration[], revisions: Iterable<string>): ReadonlySet<string> {
  const parents = new Map(migrations.map((migration, at) => [migration.revision, [...parentsOf(migrations, migration, at), ...(migration.dependsOn ?? [])]]));
  const found = new Set<string>();
  const open = [...revisions];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(parents.get(next) ?? []));
  }
  return found;
}

function parentsOf(migrations: readonly Migration[], { parents, repeatable }: Migration, at: number): readonly string[] {
  if (parents !== undefined) return parents;
  if (repeatable === true) return [];
  const before = migrations[at - 1];
  return before === undefined ? [] : [before.revision];
}
