import { FailureError, failure } from '../core/failure.ts';
import type { SchemaDifference } from '../core/schema-difference.ts';
import { type CapturedCatalog, captureFormat, objectsOf } from './captured-catalog.ts';
import { canonicalText, fingerprint } from './compare/canonical-text.ts';
import { compareObjects } from './compare/compare-objects.ts';
import { ObjectSet } from './compare/schema-object.ts';

/** What a family tells that nobody may read on one side isn't compared. */
const kindsOf: Readonly<Record<string, string>> = { pg_subscription: 'subscription', pg_user_mapping: 'user mapping' };

/**
 * Every difference between what the catalogs of one and the same database said at two moments. Secrets are told as hidden in both, so that a changed one isn't seen.
 * Throws FailureError where they were captured by different versions, and so can't be compared.
 *
 * @param left what is
 * @param right what was
 */
export function compareMoments(left: CapturedCatalog, right: CapturedCatalog): readonly SchemaDifference[] {
  if (left.format !== captureFormat || right.format !== captureFormat) {
    throw new FailureError(
      failure('compare-failed', 'the catalogs were written down by another version of pgrehearse', { cure: 'Rehearse again with this version.' }),
    );
  }
  const hidden = new Set([...left.unread, ...right.unread].map(({ column }) => kindsOf[column.split('.')[0] ?? '']));
  const [a, b] = [objectsOf(left), objectsOf(right)];
  for (const side of [a, b]) for (const object of side.all()) if (hidden.has(object.kind)) side.delete(object);
  return compareObjects(a, b);
}

export interface CatalogFingerprint {
  /** SHA-256, in hex, of all of it. */
  readonly whole: string;
  /** By kind of object, sorted. */
  readonly kinds: Readonly<Record<string, { readonly objects: number; readonly sha256: string }>>;
}

/** One hash for a captured catalog, and one for each kind of object in it. The same facts always give the same. */
export function fingerprintCaptured(captured: CapturedCatalog): CatalogFingerprint {
  const byKind = Map.groupBy(captured.objects, ([kind]) => kind);
  const kinds = [...byKind.keys()].sort().map((kind) => {
    const objects = byKind.get(kind) ?? [];
    return [kind, { objects: objects.length, sha256: fingerprint(canonicalText(asSet(objects))) }] as const;
  });
  return { whole: fingerprint(kinds.map(([kind, { sha256 }]) => `${kind}\t${sha256}\n`).join('')), kinds: Object.fromEntries(kinds) };
}

function asSet(objects: CapturedCatalog['objects']): ObjectSet {
  const set = new ObjectSet();
  for (const [kind, name, parent, properties] of objects) {
    const object = set.object(kind, name, parent ?? undefined);
    for (const [property, value] of Object.entries(properties)) object.properties.set(property, value);
  }
  return set;
}
