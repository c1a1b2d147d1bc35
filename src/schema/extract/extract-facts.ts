import { setImmediate } from 'node:timers/promises';
import type { BoundStatement, Session } from '../../core/ports.ts';
import { excludedBy, excludeObjects } from '../compare/exclude-objects.ts';
import { includedIn, restrictObjects } from '../compare/restrict-objects.ts';
import { ObjectSet } from '../compare/schema-object.ts';
import { queriesFor } from './by-major.ts';
import { count, differingGroups, fingerprint, type Hashes } from './differing-groups.ts';
import { type Extent, findExtent } from './extent.ts';
import type { FactFamily, FactRow } from './fact-family.ts';
import { families as allFamilies } from './families.ts';
import { NameLists } from './group-names.ts';
import { type HashDepth, hashGroups, type KindHashes } from './hash-groups.ts';
import { readFacts } from './read-facts.ts';
import { inSnapshot, inSnapshots, readingAll, readingSome } from './snapshot.ts';
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
  /** Done while the servers look up what differs. */
  readonly meanwhile?: (() => void) | undefined;
  /** All unless told. */
  readonly families?: readonly FactFamily[];
}

/** What is known of the texts that pg_dump writes of two databases. */
export interface WrittenTexts {
  /** Whether it writes the same of this table or view on both sides, with all its parts; undefined where that can't be told. @param relation as in `SchemaObject` */
  readonly isSame: ((relation: string) => boolean) | undefined;
  /** SHA-256 over the text of each side, in hex: made while the servers are asked. */
  readonly hashes: () => { readonly left: string; readonly right: string };
}

/**
 * Reads what differs between two schemas from their catalogs, both at once, each in one read-only transaction: first a hash for each object with its
 * parts, made on the server, and then the facts of those whose hashes differ. Throws SqlError.
 */
export async function extractDifferingFacts(left: Session, right: Session, options: ExtractOptions): Promise<ExtractedFacts> {
  const { families = allFamilies } = options;
  return await inSnapshots([left, right], async () => {
    const [gone, goneRight] = await both(unreadable(left, families), unreadable(right, families));
    const unread = [...new Map([...gone, ...goneRight].map((one) => [one.family, one])).values()];
    const usable = families.filter((family) => !unread.some((one) => one.family === family.name));
    // What only one of the majors has can't be compared, but counts: an object of the newer side is one that the older lacks.
    const acrossMajors = Math.floor(left.serverVersionNum / 10_000) !== Math.floor(right.serverVersionNum / 10_000);
    const lists = new NameLists();
    const hash = (depth: HashDepth, some: readonly FactFamily[]) =>
      both(hashSide(left, some, options, { depth, acrossMajors, lists }), hashSide(right, some, options, { depth, acrossMajors, lists }));
    let [a, b] = await hash(options.written === undefined ? 'whole' : 'outline', usable);
    const outlines = [a.hashes, b.hashes] as const;
    const [unwritten, unwrittenRight] = options.written === undefined ? [none, none] : await both(unwrittenHomes(left), unwrittenHomes(right));
    const texts = await options.written?.();
    if (options.written !== undefined && texts?.isSame === undefined) {
      const [wholeA, wholeB] = await hash('whole', usable.filter(isWritten));
      [a, b] = [joinSides(a, wholeA), joinSides(b, wholeB)];
    }
    const open = texts?.isSame === undefined ? [] : [unproven(a, unwritten, texts.isSame), unproven(b, unwrittenRight, texts.isSame)];
    const differing = new Set([...differingGroups(a.hashes, b.hashes), ...open.flat()]);
    const meanwhile = async () => {
      // Questions are on their way by then.
      await setImmediate();
      options.meanwhile?.();
      const hashes = texts?.hashes();
      return hashes === undefined
        ? [fingerprint(a.hashes), fingerprint(b.hashes)]
        : [fingerprint(outlines[0], hashes.left), fingerprint(outlines[1], hashes.right)];
    };
    const [[leftObjects, rightObjects], [leftFingerprint = '', rightFingerprint = '']] = await both(
      both(fetchSide(left, a, differing, acrossMajors, options.signal), fetchSide(right, b, differing, acrossMajors, options.signal)),
      meanwhile(),
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
  });
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
    // One after the other: their rows may be many.
    for (const [family, classes] of extent) {
      const [rows = []] = await session.queryAll<FactRow>([factsOf(session, family, classes, null)]);
      readFacts(objects, family, rows);
    }
    return objects;
  };
  return await inSnapshot(session, read, options.snapshot);
}

/** So many groups are looked up one by one; for more of them, catalogs are read from end to end. */
const few = 200;

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
  how: { readonly depth: HashDepth; readonly acrossMajors: boolean; readonly lists: NameLists },
): Promise<HashedSide> {
  const major = majorOf(session);
  const there = usable.filter((family) => exists(family, major));
  const extent = await findExtent(session, there, major);
  await readingAll(session);
  options.signal?.throwIfAborted();
  const hashed = await hashGroups(session, extent, { major, ...how });
  const compared = (kinds: readonly KindHashes[]) => new Map(comparedOf(kinds, options, how).map((one) => [one.kind, one]));
  return { extent, hashes: new Map([...hashed].map(([family, kinds]) => [family, compared(kinds)])) };
}

/** Where all is compared, and by servers that quote alike, nothing has to be looked into. */
function comparedOf(
  kinds: readonly KindHashes[],
  { include = [], exclude }: ExtractOptions,
  { acrossMajors, lists }: { readonly acrossMajors: boolean; readonly lists: NameLists },
): readonly KindHashes[] {
  if (include.length === 0 && exclude.length === 0 && !acrossMajors) return kinds;
  const [isIncluded, isExcluded] = [includedIn(include), excludedBy(exclude)];
  return kinds
    .map((one) => one.only((name) => isIncluded({ kind: one.kind, name }) && !isExcluded({ kind: one.kind, name }), lists))
    .filter(({ objects }) => objects > 0);
}

const none: ReadonlySet<number> = new Set();

function isWritten({ written }: FactFamily): boolean {
  return written !== undefined;
}

function joinSides(one: HashedSide, other: HashedSide): HashedSide {
  return { extent: new Map([...one.extent, ...other.extent]), hashes: new Map([...one.hashes, ...other.hashes]) };
}

/** The tables and views of whose expressions pg_dump isn't known to write the same on both sides. */
function unproven({ hashes }: HashedSide, unwritten: ReadonlySet<number>, isSame: (relation: string) => boolean): readonly string[] {
  const found = new Set<string>();
  for (const [family, kinds] of hashes) {
    if (!isWritten(family)) continue;
    for (const kind of kinds.values()) {
      for (const [place, group] of kind.names.entries()) if (!isSame(group) || (unwritten.size > 0 && unwritten.has(kind.homeAt(place)))) found.add(group);
    }
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
  if (groups.size === 0) return objects;
  signal?.throwIfAborted();
  const asked = [...hashes].flatMap(([family, kinds]) => {
    const homes = [...new Set([...kinds.values()].flatMap((kind) => [...groups].flatMap((group) => kind.of(group).map(({ home }) => home))))];
    return homes.length === 0 ? [] : [{ family, statement: factsOf(session, family, extent.get(family), homes) }];
  });
  const first = groups.size < few ? [{ text: readingSome }] : [];
  const rows = await session.queryAll<FactRow>([...first, ...asked.map(({ statement }) => statement)]);
  for (const [place, { family }] of asked.entries()) readFacts(objects, family, rows[first.length + place] ?? [], acrossMajors);
  return objects;
}

function factsOf(session: Session, family: FactFamily, classes: ReadonlySet<string> | undefined, homes: readonly number[] | null): BoundStatement {
  return { text: family.sql(majorOf(session), classes), values: [homes === null ? null : `{${homes.join(',')}}`] };
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
