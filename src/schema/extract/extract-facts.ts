import { createHash } from 'node:crypto';
import type { Session } from '../../core/ports.ts';
import { excludedBy, excludeObjects } from '../compare/exclude-objects.ts';
import { includedIn, restrictObjects } from '../compare/restrict-objects.ts';
import { compareText, ObjectSet, objectKey } from '../compare/schema-object.ts';
import { queriesFor } from './by-major.ts';
import { type Extent, findExtent } from './extent.ts';
import type { FactFamily, FactRow } from './fact-family.ts';
import { families as allFamilies } from './families.ts';
import { type GroupHash, hashGroups } from './hash-groups.ts';
import { readFacts } from './read-facts.ts';
import { inSnapshot, readingAll, readingSome } from './snapshot.ts';
import { type Unread, unreadable } from './unreadable.ts';

export interface ExtractedFacts {
  /** Only objects of groups (an object with its parts) whose hashes differ, or that one side lacks. */
  readonly left: ObjectSet;
  readonly right: ObjectSet;
  readonly objectsCompared: number;
  readonly factsCompared: number;
  /** Object counts by kind. */
  readonly kinds: Readonly<Record<string, number>>;
  /** SHA-256, in hex, over the hashes of all groups. */
  readonly leftFingerprint: string;
  readonly rightFingerprint: string;
  /** Catalogs that a role may not read, and what is therefore not compared: `pg_subscription.subconninfo (subscription connections): permission denied`. */
  readonly unread: readonly string[];
}

export interface ExtractOptions {
  /** Qualified names of objects to leave out, each with all that belongs to it. */
  readonly exclude: readonly string[];
  /** Schemas to which the comparison is restricted; all unless told. */
  readonly include?: readonly string[] | undefined;
  readonly signal?: AbortSignal;
  /** All unless told. */
  readonly families?: readonly FactFamily[];
}

/**
 * Reads what differs between two schemas from their catalogs, both at once, each in one read-only transaction: first a hash for each object with its
 * parts, made on the server, and then the facts of those whose hashes differ. Throws SqlError.
 */
export async function extractDifferingFacts(left: Session, right: Session, options: ExtractOptions): Promise<ExtractedFacts> {
  const { families = allFamilies } = options;
  return await inSnapshot(left, () =>
    inSnapshot(right, async () => {
      const [gone, goneRight] = await both(unreadable(left, families), unreadable(right, families));
      const unread = [...new Map([...gone, ...goneRight].map((one) => [one.family, one])).values()];
      const usable = families.filter((family) => !unread.some((one) => one.family === family.name));
      // What only one of the majors has can't be compared, but counts: an object of the newer side is one that the older lacks.
      const [a, b] = await both(hashSide(left, usable, options), hashSide(right, usable, options));
      const differing = differingGroups(a.hashes, b.hashes);
      const acrossMajors = Math.floor(left.serverVersionNum / 10_000) !== Math.floor(right.serverVersionNum / 10_000);
      const [leftObjects, rightObjects] = await both(
        fetchSide(left, a, differing, acrossMajors, options.signal),
        fetchSide(right, b, differing, acrossMajors, options.signal),
      );
      for (const objects of [leftObjects, rightObjects]) {
        excludeObjects(objects, options.exclude);
        restrictObjects(objects, options.include);
      }
      return {
        left: leftObjects,
        right: rightObjects,
        ...count(a.hashes, differing, leftObjects, rightObjects),
        leftFingerprint: fingerprint(a.hashes),
        rightFingerprint: fingerprint(b.hashes),
        unread: unread.map(tell),
      };
    }),
  );
}

/** All facts of one database, as objects; at an exported snapshot where one is given. Throws SqlError. */
export async function extractAllFacts(
  session: Session,
  options: { readonly snapshot?: string; readonly families?: readonly FactFamily[] } = {},
): Promise<ObjectSet> {
  const { families = allFamilies } = options;
  const read = async () => {
    const unread = new Set((await unreadable(session, families)).map((one) => one.family));
    const objects = new ObjectSet();
    const readable = families.filter((family) => !unread.has(family.name) && exists(family, majorOf(session)));
    const extent = await findExtent(session, readable, majorOf(session));
    await readingAll(session);
    for (const [family, classes] of extent) {
      readFacts(objects, family, await rowsOf(session, family, classes, null));
    }
    return objects;
  };
  return await inSnapshot(session, read, options.snapshot);
}

/** So many groups are looked up one by one; for more of them, catalogs are read from end to end. */
const few = 200;

type Hashes = ReadonlyMap<FactFamily, readonly GroupHash[]>;

interface HashedSide {
  readonly extent: Extent;
  readonly hashes: Hashes;
}

function majorOf(session: Session): number {
  return queriesFor(Math.floor(session.serverVersionNum / 10_000));
}

function exists(family: FactFamily, major: number): boolean {
  return major >= (family.since ?? 0);
}

/** The hashes of what is compared: what is left out is in no count and no fingerprint either. */
async function hashSide(session: Session, usable: readonly FactFamily[], { include, exclude, signal }: ExtractOptions): Promise<HashedSide> {
  const [isIncluded, isExcluded] = [includedIn(include), excludedBy(exclude)];
  const isCompared = ({ group, kind }: GroupHash) => isIncluded({ kind, name: group }) && !isExcluded({ kind, name: group });
  const hashes = new Map<FactFamily, readonly GroupHash[]>();
  const major = majorOf(session);
  const there = usable.filter((family) => exists(family, major));
  const extent = await findExtent(session, there, major);
  await readingAll(session);
  for (const [family, classes] of extent) {
    signal?.throwIfAborted();
    hashes.set(family, (await hashGroups(session, family, major, classes)).filter(isCompared));
  }
  return { extent, hashes };
}

async function fetchSide(
  session: Session,
  { extent, hashes }: HashedSide,
  groups: ReadonlySet<string>,
  acrossMajors: boolean,
  signal: AbortSignal | undefined,
): Promise<ObjectSet> {
  const objects = new ObjectSet();
  if (groups.size < few) await readingSome(session);
  for (const [family, all] of hashes) {
    signal?.throwIfAborted();
    const homes = [...new Set(all.filter(({ group }) => groups.has(group)).map(({ home }) => home))];
    if (homes.length > 0) readFacts(objects, family, await rowsOf(session, family, extent.get(family), homes), acrossMajors);
  }
  return objects;
}

async function rowsOf(
  session: Session,
  family: FactFamily,
  classes: ReadonlySet<string> | undefined,
  homes: readonly number[] | null,
): Promise<readonly FactRow[]> {
  return await session.query<FactRow>(family.sql(majorOf(session), classes), [homes]);
}

/** The groups about which any family says something else on the two sides. */
function differingGroups(left: Hashes, right: Hashes): ReadonlySet<string> {
  const differing = new Set<string>();
  for (const family of new Set([...left.keys(), ...right.keys()])) {
    const [a, b] = [byGroup(left.get(family) ?? []), byGroup(right.get(family) ?? [])];
    for (const group of new Set([...a.keys(), ...b.keys()])) if (a.get(group) !== b.get(group)) differing.add(group);
  }
  return differing;
}

function byGroup(hashes: readonly GroupHash[]): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  // A group may have several homes: a table and the sequences that its columns own.
  for (const { group, kind, hash } of [...hashes].sort((a, b) => compareText(a.hash, b.hash))) groups.set(group, `${groups.get(group) ?? ''}${kind} ${hash}\n`);
  return groups;
}

/** Objects of equal groups are the same on both sides and are counted once; those of the others are at hand. */
function count(hashes: Hashes, differing: ReadonlySet<string>, left: ObjectSet, right: ObjectSet) {
  const kinds: Record<string, number> = {};
  let factsCompared = 0;
  const fetched = new Map([...left.all(), ...right.all()].map((object) => [objectKey(object), object]));
  for (const object of fetched.values()) kinds[object.kind] = (kinds[object.kind] ?? 0) + 1;
  for (const object of fetched.values()) {
    const names = new Set([left, right].flatMap((side) => [...(side.get(object.kind, object.name)?.properties.keys() ?? [])]));
    factsCompared += names.size;
  }
  for (const [family, groups] of hashes) {
    for (const { group, kind, objects, facts } of groups) {
      if (differing.has(group)) continue;
      if (!family.adds) kinds[kind] = (kinds[kind] ?? 0) + objects;
      factsCompared += facts;
    }
  }
  const sorted = Object.fromEntries(Object.entries(kinds).sort(([a], [b]) => compareText(a, b)));
  return { objectsCompared: Object.values(kinds).reduce((sum, number) => sum + number, 0), factsCompared, kinds: sorted };
}

function fingerprint(hashes: Hashes): string {
  const lines = [...hashes].flatMap(([family, groups]) => groups.map(({ group, kind, hash }) => `${family.name}\t${kind}\t${group}\t${hash}`));
  return createHash('sha256').update(lines.sort(compareText).join('\n')).digest('hex');
}

function tell({ family, column }: Unread): string {
  return `${column} (${family}): permission denied`;
}

/** Waits for both, also when one fails: nobody may be at work on a session that is given back. */
async function both<A, B>(left: Promise<A>, right: Promise<B>): Promise<readonly [A, B]> {
  const [a, b] = await Promise.allSettled([left, right]);
  if (a.status === 'rejected') throw a.reason;
  if (b.status === 'rejected') throw b.reason;
  return [a.value, b.value];
}
