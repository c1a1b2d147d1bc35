import { type Failure, failure } from '../../../core/failure.ts';
import type { DjangoKey, DjangoMigration } from './read-migration.ts';

/** A migration with what it rests on, all of it in the repo. Names are `app.name`. */
export interface OrderedMigration extends DjangoMigration {
  /** Of its own app. */
  readonly parents: readonly string[];
  /** Of other apps. */
  readonly dependsOn: readonly string[];
}

export interface MigrationOrder {
  readonly migrations: readonly OrderedMigration[];
  readonly problems: readonly Failure[];
}

/** @example revisionOf(['shop', '0001_initial']) // 'shop.0001_initial' */
export function revisionOf([app, name]: DjangoKey): string {
  return `${app}.${name}`;
}

/**
 * The order in which `migrate` applies them on an empty database: app by app as far as dependencies allow. A squashed migration stands in the place of those that it
 * replaces. Apps that aren't in the repo (auth, contenttypes) are left out; only the order of apps that have nothing to do with each other could differ by them.
 */
export function orderMigrations(files: readonly DjangoMigration[]): MigrationOrder {
  const problems: Failure[] = [];
  const apps = new Set(files.map(({ app }) => app));
  const replacedBy = new Map<string, string>();
  for (const { app, name, replaces } of files) for (const key of replaces) replacedBy.set(revisionOf(key), revisionOf([app, name]));
  const standing = new Map(files.filter(({ app, name }) => !replacedBy.has(revisionOf([app, name]))).map((file) => [revisionOf([file.app, file.name]), file]));
  const links = new Map([...standing.keys()].map((revision) => [revision, new Set<string>()]));

  /** The standing migration that a key means; undefined where it is of no app of the repo. */
  const find = (key: DjangoKey, from: DjangoMigration): string | undefined => {
    const [app, name] = key;
    if (!apps.has(app)) return undefined;
    const asked = revisionOf(key);
    const place = name === '__first__' || name === '__latest__' ? undefined : replaced(asked, replacedBy);
    if (place !== undefined && standing.has(place)) return place;
    const message = `${from.file.file} names ${asked}, which no file has`;
    problems.push(
      failure('migration-format', message, { object: from.file.file, place: { file: from.file.file }, cure: 'Restore that file, or correct the name.' }),
    );
    return undefined;
  };
  const link = (child: string | undefined, parent: string | undefined) => {
    if (child === undefined || parent === undefined || !standing.has(parent)) return;
    // Replaced ones that rest on each other do so inside of the one in their place; only what names itself waits for itself.
    if (child !== parent || !files.some(({ replaces }) => replaces.some((key) => replaced(revisionOf(key), replacedBy) === child)))
      links.get(child)?.add(parent);
  };
  const each = (use: (file: DjangoMigration, revision: string) => void) => {
    // What replaced ones rest on, the one in their place rests on too.
    for (const file of files) use(file, replaced(revisionOf([file.app, file.name]), replacedBy));
  };
  const isMark = ([, name]: DjangoKey) => name === '__first__' || name === '__latest__';
  each((file, revision) => {
    for (const key of file.dependencies) if (key[0] === file.app && !isMark(key)) link(revision, find(key, file));
  });
  const ends = endsOf(files);
  each((file, revision) => {
    const outside = (key: DjangoKey) => (isMark(key) ? replaced(ends(key) ?? '', replacedBy) : find(key, file));
    for (const key of file.dependencies) if (key[0] !== file.app) link(revision, outside(key));
    for (const key of file.runBefore) link(outside(key), revision);
  });
  if (problems.length > 0) return { migrations: [], problems };
  const order = walk(standing, links);
  if ('ring' in order) {
    const message = `${order.ring.join(' → ')}: these migrations of Django wait for each other`;
    return {
      migrations: [],
      problems: [failure('migration-format', message, { object: order.ring[0] ?? '', cure: 'Correct dependencies or run_before of one of them.' })],
    };
  }
  const migrations = order.revisions.flatMap((revision) => {
    const file = standing.get(revision);
    if (file === undefined) return [];
    const own = [...(links.get(revision) ?? [])].toSorted(byKey);
    const isOwn = (parent: string) => standing.get(parent)?.app === file.app;
    return [{ ...file, parents: own.filter(isOwn), dependsOn: own.filter((parent) => !isOwn(parent)) }];
  });
  return { migrations, problems: [] };
}

/** What stands in a replaced one's place; squashed ones may be squashed again. */
function replaced(revision: string, replacedBy: ReadonlyMap<string, string>): string {
  let place = revision;
  for (let steps = 0; steps <= replacedBy.size; steps++) place = replacedBy.get(place) ?? place;
  return place;
}

type Links = ReadonlyMap<string, ReadonlySet<string>>;

/** Finds `__first__` and `__latest__` of an app as Django does, before squashed migrations take their places: of several, the one whose name comes first. */
function endsOf(files: readonly DjangoMigration[]): (key: DjangoKey) => string | undefined {
  return ([app, mark]) => {
    const own = files.filter((file) => file.app === app);
    const below = (file: DjangoMigration) => file.dependencies.filter(([of, name]) => of === app && name !== '__first__').map(revisionOf);
    const followed = new Set(own.flatMap(below));
    const found = own.filter((file) => (mark === '__first__' ? below(file).length === 0 : !followed.has(revisionOf([app, file.name]))));
    return found.map(({ name }) => revisionOf([app, name])).toSorted(byKey)[0];
  };
}

/** As Django sorts keys: by app, then by name, as Python compares texts. */
function byKey(left: string, right: string): number {
  const [a = '', b = ''] = [left, right].map((revision) => revision.replace('.', '\0'));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Django's plan: for each app's last migration, by name, everything below it first, the later names before the earlier ones. */
function walk(standing: ReadonlyMap<string, DjangoMigration>, links: Links): { readonly revisions: readonly string[] } | { readonly ring: readonly string[] } {
  const followedInApp = new Set(
    [...links].flatMap(([child, parents]) => [...parents].filter((parent) => standing.get(parent)?.app === standing.get(child)?.app)),
  );
  const done = new Set<string>();
  const onPath = new Set<string>();
  // A ring has no last migration, so every one is begun from.
  const leaves = [...standing.keys()].filter((revision) => !followedInApp.has(revision)).toSorted(byKey);
  for (const start of [...leaves, ...standing.keys()]) {
    const stack: { readonly revision: string; readonly left: boolean }[] = [{ revision: start, left: false }];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const { revision, left } = top;
      if (left) {
        onPath.delete(revision);
        done.add(revision);
        continue;
      }
      if (done.has(revision)) continue;
      if (onPath.has(revision)) return { ring: [...onPath].slice([...onPath].indexOf(revision)) };
      onPath.add(revision);
      stack.push({ revision, left: true });
      for (const parent of [...(links.get(revision) ?? [])].toSorted(byKey)) if (!done.has(parent)) stack.push({ revision: parent, left: false });
    }
  }
  return { revisions: [...done] };
}
