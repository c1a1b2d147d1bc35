import { FailureError, failure } from '../core/failure.ts';
import type { ComparisonScope } from '../core/schema-difference.ts';
import { type CapturedCatalog, objectsOf } from './captured-catalog.ts';
import { canonicalText, fingerprint } from './compare/canonical-text.ts';
import { excludeObjects } from './compare/exclude-objects.ts';
import { withoutMarks } from './compare/hide-secrets.ts';
import { restrictObjects } from './compare/restrict-objects.ts';
import { type ObjectSet, objectKey } from './compare/schema-object.ts';
import { extractAllFacts, extractDifferingFacts, type WrittenTexts } from './extract/extract-facts.ts';
import type { OpenSide, OpenSides } from './read-side.ts';

/** What the catalogs of both sides say: all that differs at least. */
export interface CatalogReading
  extends Required<Pick<ComparisonScope, 'objectsCompared' | 'kinds' | 'factsCompared' | 'leftFingerprint' | 'rightFingerprint'>> {
  readonly left: ObjectSet;
  readonly right: ObjectSet;
  /** `pg_subscription.subconninfo (subscription connections): permission denied` */
  readonly unread: readonly string[];
}

export interface ReadOptions {
  readonly exclude: readonly string[];
  readonly include?: readonly string[] | undefined;
  readonly signal: AbortSignal;
  /** What pg_dump writes of both, so that expressions of which it writes the same needn't be read; all are unless given. */
  readonly written?: (() => Promise<WrittenTexts | undefined>) | undefined;
  /** Done while the servers look up what differs. */
  readonly meanwhile?: (() => void) | undefined;
}

/** Reads both catalogs; undefined where a side has none, being only a text. Throws SqlError. */
export async function readCatalogs({ left, right }: OpenSides, options: ReadOptions): Promise<CatalogReading | undefined> {
  if (left.session !== undefined && right.session !== undefined) {
    const reading = await extractDifferingFacts(left.session, right.session, options);
    if (reading.unread.length > 0) for (const side of [left, right]) await refuseHidden(side, reading.unread);
    // What this role may not read, and nobody has any of, is as good as read.
    return { ...reading, unread: [] };
  }
  const captured = [left, right].map(capturedOf).find((one) => one !== undefined);
  if (captured === undefined) return undefined;
  const [a, b] = [await allOf(left), await allOf(right)];
  if (a === undefined || b === undefined) return undefined;
  for (const side of [a, b]) {
    excludeObjects(side, options.exclude);
    restrictObjects(side, options.include);
    withoutUnread(side, captured);
  }
  return { left: a, right: b, ...count(a, b), unread: captured.unread.map(({ family, column }) => `${column} (${family}): permission denied`) };
}

/** Whether there is anything in a catalog that not every role may read. */
const anythingIn: Readonly<Record<string, string>> = {
  pg_subscription: `select from pg_catalog.pg_subscription s join pg_catalog.pg_database d on d.oid = s.subdbid where d.datname = pg_catalog.current_database()`,
  pg_user_mapping: `select from pg_catalog.pg_user_mappings`,
};

/** A comparison that leaves out what its role may not see would say "same" of what it doesn't know. */
async function refuseHidden({ side, session }: OpenSide, unread: readonly string[]): Promise<void> {
  for (const one of unread) {
    const query = anythingIn[one.split('.')[0] ?? ''];
    const [row] = query === undefined ? [{ any: true }] : ((await session?.query<{ any: boolean }>(`select exists (${query}) as any`)) ?? []);
    if (row?.any !== true) continue;
    throw new FailureError(
      failure('compare-failed', `${side.label} could not be read completely: ${one}.`, {
        rootCause: 'privileges',
        cure: 'Compare as a role that may read it, such as a superuser.',
      }),
    );
  }
}

function capturedOf({ side }: OpenSide): CapturedCatalog | undefined {
  return 'text' in side ? side.catalog : undefined;
}

async function allOf(side: OpenSide): Promise<ObjectSet | undefined> {
  const captured = capturedOf(side);
  if (captured !== undefined) return objectsOf(captured);
  if (side.session === undefined) return undefined;
  const objects = await extractAllFacts(side.session);
  // What was captured earlier shows no more than that there is a secret.
  for (const object of objects.all()) for (const [property, value] of object.properties) object.properties.set(property, withoutMarks(value));
  return objects;
}

/** What one side's role could not read is left out of the other's too: the catalogs that hold it are named in the scope. */
function withoutUnread(objects: ObjectSet, { unread }: CapturedCatalog): void {
  const kinds = new Set(unread.map(({ column }) => hidden[column.split('.')[0] ?? '']));
  for (const object of objects.all()) if (kinds.has(object.kind)) objects.delete(object);
}

/** The kind of object that can't be compared without this catalog. */
const hidden: Readonly<Record<string, string>> = { pg_subscription: 'subscription', pg_user_mapping: 'user mapping' };

function count(left: ObjectSet, right: ObjectSet) {
  const all = new Map([...left.all(), ...right.all()].map((object) => [objectKey(object), object]));
  const kinds: Record<string, number> = {};
  let factsCompared = 0;
  for (const key of [...all.keys()].sort()) {
    const object = all.get(key);
    if (object === undefined) continue;
    kinds[object.kind] = (kinds[object.kind] ?? 0) + 1;
    const names = [left, right].flatMap((side) => [...(side.get(object.kind, object.name)?.properties.keys() ?? [])]);
    factsCompared += new Set(names).size;
  }
  return {
    objectsCompared: all.size,
    kinds,
    factsCompared,
    leftFingerprint: fingerprint(canonicalText(left)),
    rightFingerprint: fingerprint(canonicalText(right)),
  };
}
