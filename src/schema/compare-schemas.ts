import { FailureError, failure, SqlError } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { Comparison } from '../core/schema-difference.ts';
import type { Address } from '../core/server.ts';
import type { ScratchDatabase } from '../core/shared-server.ts';
import { alignMajors } from './compare/across-majors/align-majors.ts';
import { canonicalText, fingerprint } from './compare/canonical-text.ts';
import { compareObjects } from './compare/compare-objects.ts';
import type { ComparedSchemas } from './compare/compared-schemas.ts';
import { reconcile } from './compare/reconcile.ts';
import { ObjectSet, objectKey, set } from './compare/schema-object.ts';
import { unmodelledColumns } from './coverage/unmodelled.ts';
import { isKnownMajor } from './extract/by-major.ts';
import { type CatalogReading, type ReadOptions, readCatalogs } from './read-catalogs.ts';
import { both, type DumpedSides, dumpSides, type OpenSides, openSides, type Side } from './read-side.ts';
import { readTexts, type TextReading } from './read-texts.ts';
import { ScratchServer, valueOrThrow } from './settle/scratch-cycle.ts';
import { compareSides, type Settled, settleExpressions, unsettled } from './settle/settle-expressions.ts';
import type { Majors } from './text/comparable-tokens.ts';
import { unexplained } from './text/unexplained.ts';
import { TextHashes, writtenTexts } from './written-texts.ts';

export type { Side } from './read-side.ts';

export interface CompareOptions {
  /** Qualified names of objects to leave out, each with all that belongs to it. */
  readonly exclude: readonly string[];
  /** Schemas to which the comparison is restricted; unless given, all but the system's. What is in no schema is always compared. */
  readonly include?: readonly string[] | undefined;
  /**
   * Superuser access to a server of ours, of the newer side's major or later, where databases may be made and dropped.
   * Asked for only when expressions differ in a way that a dump and restore could explain.
   */
  readonly scratch: () => Promise<Result<Address>>;
  /** How a scratch database is made and dropped where others use that server too; no role is made there then. */
  readonly makeScratch?: ((context: Context) => Promise<Result<ScratchDatabase>>) | undefined;
}

/**
 * Compares two schemas by object and property, with two engines that know nothing of each other: the facts of both catalogs name the differences, and
 * pg_dump's texts, taken apart, must not show any other. Where a side is only a text, the texts alone are compared, and the scope says so.
 *
 * Every failure (no permission, a server gone, no scratch database) is `compare-failed`: never "same".
 *
 * @example await compareSchemas(context, { address: clone, label: 'clone' }, { address: baseline, label: 'baseline' }, { exclude: [], scratch })
 */
export async function compareSchemas(context: Context, left: Side, right: Side, options: CompareOptions): Promise<Result<ComparedSchemas>> {
  try {
    return ok(await compare(context, left, right, options));
  } catch (error) {
    const cause = error instanceof FailureError ? error.failure : undefined;
    if (cause?.code === 'compare-failed' || cause?.code === 'interrupted') return fail(cause);
    if (context.signal.aborted) return fail(failure('interrupted', 'The comparison was interrupted.'));
    if (cause !== undefined) {
      const { code: _, message, ...rest } = cause;
      return fail(failure('compare-failed', `The schemas could not be compared: ${message}`, rest));
    }
    if (error instanceof SqlError) return fail(failure('compare-failed', `The schemas could not be compared: ${error.message}.`, { sql: error.fields }));
    throw error;
  }
}

async function compare(context: Context, left: Side, right: Side, options: CompareOptions): Promise<ComparedSchemas> {
  const reading: ReadOptions = { exclude: options.exclude, include: options.include, signal: context.signal };
  const opening = openSides(context, left, right);
  const hashes = new TextHashes(reading);
  const dumping = dumpSides(context, [left, right], opening, (dump) => hashes.of(dump));
  // Awaited below, but not where a side can't be opened.
  dumping.catch(() => {});
  await using sides = await opening;
  let dumps: DumpedSides | undefined;
  const written = async () => {
    dumps = await dumping;
    return dumps && writtenTexts(dumps.cut, hashes);
  };
  let differing: TextReading | undefined;
  const meanwhile = () => {
    differing = dumps && readTexts(dumps, reading, 'differing');
  };
  const [catalog, dumped] = await both(readCatalogs(sides, { ...reading, written, meanwhile }), dumping);
  // Unless a riddle turns up nobody is asked any more: servers may end these sessions while their answers are compared.
  void sides[Symbol.asyncDispose]();
  if (dumped === undefined) {
    if (catalog === undefined) throw new Error('two databases without catalogs');
    const { left: a, right: b } = alignSides(sides, catalog);
    const objects = { left: { text: new ObjectSet(), catalog: a }, right: { text: new ObjectSet(), catalog: b } };
    const alone = { ...objects, differences: compareObjects(a, b), cycles: 0, whole: true };
    return describe(sides, undefined, catalog, alone, options);
  }
  const join = (facts: CatalogReading | undefined, texts = readTexts(dumped, reading, 'all')) => joinEngines(context, sides, dumped, facts, texts, options);
  const joined = await join(catalog, differing);
  const doubtful = !joined.whole && joined.differences.some((difference) => difference.class === 'unexplained');
  if (!doubtful) return describe(sides, dumped, catalog, joined, options);
  // Entries were looked at without their surroundings, and tables without their expressions: before anybody is told of a riddle, all of them are.
  await using again = await openSides(context, left, right);
  const whole = catalog === undefined ? undefined : await readCatalogs(again, reading);
  // Fingerprints are made in one way only.
  const facts = whole && { ...whole, leftFingerprint: catalog?.leftFingerprint ?? '', rightFingerprint: catalog?.rightFingerprint ?? '' };
  return describe(sides, dumped, facts, await join(facts), options);
}

interface Joined extends Pick<Comparison, 'differences'>, Pick<Settled, 'left' | 'right' | 'cycles'> {
  readonly whole: boolean;
}

/** What both sides say, in the words of the older major where they are of two. */
function alignSides({ left, right }: OpenSides, objects: { readonly left: ObjectSet; readonly right: ObjectSet }) {
  return alignMajors({ objects: objects.left, major: left.major }, { objects: objects.right, major: right.major });
}

async function joinEngines(
  context: Context,
  sides: OpenSides,
  dumped: DumpedSides,
  catalog: CatalogReading | undefined,
  text: TextReading,
  options: CompareOptions,
): Promise<Joined> {
  const majors: Majors = [Math.min(sides.left.major, sides.right.major), Math.max(sides.left.major, sides.right.major)];
  const [words, facts] = [alignSides(sides, text), catalog === undefined ? undefined : alignSides(sides, catalog)];
  const objects = { left: { text: words.left, catalog: facts?.left }, right: { text: words.right, catalog: facts?.right } };
  const first = compareSides(objects.left, objects.right);
  const maySettle = unsettled(first, objects.left, objects.right, dumped.sameMajor);
  const settled =
    maySettle.text.length + maySettle.catalog.length > 0
      ? await settle(context, dumped, objects, first, maySettle, options)
      : { ...objects, differences: first, cycles: 0 };
  const { left, right, cycles } = settled;
  const differences =
    facts === undefined
      ? first.text.length === 0
        ? unexplained(words.left, words.right, majors)
        : settled.differences.text
      : reconcile(settled.differences, { catalog: facts, text: words }, majors);
  return { differences, left, right, cycles, whole: text.whole };
}

async function settle(
  context: Context,
  dumped: DumpedSides,
  objects: Pick<Settled, 'left' | 'right'>,
  first: Settled['differences'],
  maySettle: Settled['differences'],
  options: CompareOptions,
): Promise<Settled> {
  await using scratch = await ScratchServer.open(context, valueOrThrow(await options.scratch()), options.makeScratch);
  return await settleExpressions(scratch, dumped, objects, first, maySettle);
}

function describe(
  sides: OpenSides,
  dumped: DumpedSides | undefined,
  catalog: CatalogReading | undefined,
  joined: Joined,
  options: CompareOptions,
): ComparedSchemas {
  const { left, right } = sides;
  const { unread = [], left: _left, right: _right, ...counted } = catalog ?? countTexts(joined.left.text, joined.right.text);
  let read: Pick<TextReading, 'left' | 'right'> | undefined;
  const readWhole = () => {
    read ??= dumped === undefined ? { left: new ObjectSet(), right: new ObjectSet() } : readTexts(dumped, options, 'all');
    return read;
  };
  const incomplete = [
    ...unread,
    ...[left, right]
      .filter(({ major }) => !isKnownMajor(major))
      .map(({ side, major }) => `${side.label} is PostgreSQL ${major}, which is not known: compared as far as the newest known major goes`),
    ...(dumped === undefined ? ['no pg_dump reads both servers: expressions are compared as they are written, and nothing cross-checks the catalogs'] : []),
  ];
  return {
    differences: joined.differences,
    texts: () => ({ left: canonicalText(overlay(readWhole().left, joined.left)), right: canonicalText(overlay(readWhole().right, joined.right)) }),
    scope: {
      engines: [...(catalog === undefined ? [] : ['catalog facts']), ...(dumped === undefined ? [] : [`${dumped.label}, by object`])],
      leftServer: `${left.side.label}: PostgreSQL ${left.serverVersion}`,
      rightServer: `${right.side.label}: PostgreSQL ${right.serverVersion}`,
      ...counted,
      ...(options.include !== undefined && options.include.length > 0 && { included: options.include }),
      excluded: options.exclude,
      ...(incomplete.length > 0 && { incomplete }),
      notCompared: [
        ...neverCompared,
        ...(catalog === undefined ? [notInText] : []),
        ...(left.major === right.major ? [] : [`what only one major shows: the sides are PostgreSQL ${left.major} and ${right.major}`]),
      ],
      unmodelled: [...new Set([...unmodelledColumns([left.major, right.major]), ...left.unknown, ...right.unknown])],
      cycles: joined.cycles,
    },
    // Advice needs also what is the same on both sides, such as a view that reads the one that differs.
    ...(dumped !== undefined && { objects: readWhole }),
  };
}

/** What neither engine reads; printed with every comparison. */
const neverCompared = [
  'roles that no object refers to, and passwords',
  'the functions, types, views and sequences that an extension brought along, but for its version and rights on them',
  'values of sequences, planner statistics, rows',
];

const notInText =
  'invalid indexes, disabled internal triggers of foreign keys, whether materialized views are populated, extension versions, database settings, encoding and comment, large objects: a side is only a text';

/** A whole schema: what was settled in its settled form, and what differs as the catalogs have it. */
function overlay(whole: ObjectSet, { text, catalog }: Settled['left']): ObjectSet {
  const merged = new ObjectSet();
  for (const layer of [whole, text, ...(catalog === undefined ? [] : [catalog])]) {
    for (const { kind, name, parent, properties, statements } of layer.all()) {
      const known = merged.get(kind, name);
      if (known !== undefined) merged.delete(known);
      const object = merged.object(kind, name, parent);
      object.statements.push(...statements);
      for (const [property, value] of properties) set(object, property, value);
    }
  }
  return merged;
}

function countTexts(left: ObjectSet, right: ObjectSet) {
  const all = new Map([...left.all(), ...right.all()].map((object) => [objectKey(object), object.kind]));
  const kinds: Record<string, number> = {};
  for (const kind of [...all.values()].sort()) kinds[kind] = (kinds[kind] ?? 0) + 1;
  const none: { readonly unread?: readonly string[]; readonly left?: ObjectSet; readonly right?: ObjectSet } = {};
  return { ...none, objectsCompared: all.size, kinds, leftFingerprint: fingerprint(canonicalText(left)), rightFingerprint: fingerprint(canonicalText(right)) };
}
