import { createHash } from 'node:crypto';
import type { Session } from '../../core/ports.ts';
import { excludedBy, excludeObjects } from '../compare/exclude-objects.ts';
import { includedIn, restrictObjects } from '../compare/restrict-objects.ts';
import { compareText, ObjectSet, objectKey } from '../compare/schema-object.ts';
import { queriesFor } from './by-major.ts';
import { type Extent, findExtent } from './extent.ts';
import type { FactFamily, FactRow } from './fact-family.ts';
import { families as allFamilies } from './families.ts';
import { type HashDepth, hashGroups, type KindHashes } from './hash-groups.ts';
import { readFacts } from './read-facts.ts';
import { inSnapshot, readingAll, readingSome } from './snapshot.ts';
import { type Unread, unreadable } from './unreadable.ts';
import { unwrittenHomes } from './unwritten-homes.ts';

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
  /**
   * What pg_dump writes of both sides, once that is known; undefined where there is no pg_dump. Meanwhile an outline of the facts is read, and then expressions
   * only of those tables of which it isn't known to write the same.
   */
  readonly written?: (() => Promise<WrittenTexts | undefined>) | undefined;
  /** All unless told. */
  readonly families?: readonly FactFamily[];
}

/** What is known of the texts that pg_dump writes of two databases. */
export interface WrittenTexts {
  /** Whether it writes the same of this table or view on both sides, with all its parts; undefined where that can't be told. @param relation as in `SchemaObject` */
  readonly isSame: ((relation: string) => boolean) | undefined;
  /** SHA-256 over the text of each side, in hex. */
  readonly leftHash: string;
  readonly rightHash: string;
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
      const acrossMajors = Math.floor(left.serverVersionNum / 10_000) !== Math.floor(right.serverVersionNum / 10_000);
      const hash = (depth: HashDepth, some: readonly FactFamily[]) =>
        both(hashSide(left, some, options, depth, acrossMajors), hashSide(right, some, options, depth, acrossMajors));
      let [a, b] = await hash(options.written === undefined ? 'whole' : 'outline', usable);
      const texts = await options.written?.();
      const outlines = [a.hashes, b.hashes] as const;
      if (options.written !== undefined && texts?.isSame === undefined) {
        const [wholeA, wholeB] = await hash('whole', usable.filter(isWritten));
        [a, b] = [joinSides(a, wholeA), joinSides(b, wholeB)];
      }
      const [leftFingerprint, rightFingerprint] =
        texts === undefined
          ? [fingerprint(a.hashes), fingerprint(b.hashes)]
          : [fingerprint(outlines[0], texts.leftHash), fingerprint(outlines[1], texts.rightHash)];
      const open = texts?.isSame === undefined ? [] : await both(unproven(left, a, texts.isSame), unproven(right, b, texts.isSame));
      const differing = new Set([...differingGroups(a.hashes, b.hashes), ...open.flat()]);
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
        leftFingerprint,
        rightFingerprint,
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

/** By family, and by kind of object. */
type Hashes = ReadonlyMap<FactFamily, ReadonlyMap<string, KindHashes>>;

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
async function hashSide(
  session: Session,
  usable: readonly FactFamily[],
  options: ExtractOptions,
  depth: HashDepth,
  acrossMajors: boolean,
): Promise<HashedSide> {
  const hashes = new Map<FactFamily, ReadonlyMap<string, KindHashes>>();
  const major = majorOf(session);
  const there = usable.filter((family) => exists(family, major));
  const extent = await findExtent(session, there, major);
  await readingAll(session);
  for (const [family, classes] of extent) {
    options.signal?.throwIfAborted();
    const kinds = await hashGroups(session, family, major, depth, classes);
    hashes.set(family, new Map(comparedOf(kinds, options, acrossMajors).map((one) => [one.kind, one])));
  }
  return { extent, hashes };
}

/** Where all is compared, and by servers that quote alike, nothing has to be looked into. */
function comparedOf(kinds: readonly KindHashes[], { include = [], exclude }: ExtractOptions, acrossMajors: boolean): readonly KindHashes[] {
  if (include.length === 0 && exclude.length === 0 && !acrossMajors) return kinds;
  const [isIncluded, isExcluded] = [includedIn(include), excludedBy(exclude)];
  return kinds
    .map((one) => one.only(({ group: name }) => isIncluded({ kind: one.kind, name }) && !isExcluded({ kind: one.kind, name })))
    .filter(({ objects }) => objects > 0);
}

function isWritten({ written }: FactFamily): boolean {
  return written !== undefined;
}

function joinSides(one: HashedSide, other: HashedSide): HashedSide {
  return { extent: new Map([...one.extent, ...other.extent]), hashes: new Map([...one.hashes, ...other.hashes]) };
}

/** The tables and views of whose expressions pg_dump isn't known to write the same on both sides. */
async function unproven(session: Session, { hashes }: HashedSide, isSame: (relation: string) => boolean): Promise<readonly string[]> {
  const unwritten = await unwrittenHomes(session);
  const found = new Set<string>();
  for (const [family, kinds] of hashes) {
    if (!isWritten(family)) continue;
    for (const { list } of kinds.values()) for (const { group, home } of list) if (unwritten.has(home) || !isSame(group)) found.add(group);
  }
  return [...found];
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
  for (const [family, kinds] of hashes) {
    if (groups.size === 0) break;
    signal?.throwIfAborted();
    const homes = [...new Set([...kinds.values()].flatMap(({ list }) => list.flatMap(({ group, home }) => (groups.has(group) ? [home] : []))))];
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
    const [kinds, others] = [left.get(family), right.get(family)];
    for (const kind of new Set([...(kinds?.keys() ?? []), ...(others?.keys() ?? [])])) {
      const [one, other] = [kinds?.get(kind), others?.get(kind)];
      if (one?.text === other?.text) continue;
      const [a, b] = [byGroup(one), byGroup(other)];
      for (const group of new Set([...a.keys(), ...b.keys()])) if (a.get(group) !== b.get(group)) differing.add(group);
    }
  }
  return differing;
}

/** A group may have several homes, which are in the order of their hashes. */
function byGroup(kind: KindHashes | undefined): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  for (const { group, hash } of kind?.list ?? []) groups.set(group, `${groups.get(group) ?? ''}${hash}\n`);
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
  for (const [family, all] of hashes) {
    for (const one of all.values()) {
      const apart = differing.size === 0 ? [] : one.list.filter(({ group }) => differing.has(group));
      const objects = one.objects - apart.reduce((sum, group) => sum + group.objects, 0);
      if (!family.adds && objects > 0) kinds[one.kind] = (kinds[one.kind] ?? 0) + objects;
      factsCompared += one.facts - apart.reduce((sum, group) => sum + group.facts, 0);
    }
  }
  const sorted = Object.fromEntries(Object.entries(kinds).sort(([a], [b]) => compareText(a, b)));
  return { objectsCompared: Object.values(kinds).reduce((sum, number) => sum + number, 0), factsCompared, kinds: sorted };
}

/** @param text the hash of what pg_dump writes, where the hashes are an outline alone */
function fingerprint(hashes: Hashes, text = ''): string {
  const hash = createHash('sha256').update(text);
  for (const [family, kinds] of hashes) for (const { kind, text } of kinds.values()) hash.update(`${family.name}\t${kind}\t${text}\n`);
  return hash.digest('hex');
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
