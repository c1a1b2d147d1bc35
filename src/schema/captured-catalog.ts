import type { Session } from '../core/ports.ts';
import { withoutMarks } from './compare/hide-secrets.ts';
import { ObjectSet, type SchemaObject } from './compare/schema-object.ts';
import { extractAllFacts } from './extract/extract-facts.ts';
import { families } from './extract/families.ts';
import { unreadable } from './extract/unreadable.ts';

/** Raised whenever the families tell more, or otherwise: what was captured before can't be compared with what is read now. 2: what people add to extensions' tables. */
export const captureFormat = 2;

/** What the catalogs of a database said at one instant, to be compared later: when the database may have changed, or can't be reached. Can be written as JSON. */
export interface CapturedCatalog {
  readonly format: typeof captureFormat;
  /** Families of facts that the role could not read: with the column that it may not see. They are not compared. */
  readonly unread: readonly { readonly family: string; readonly column: string }[];
  readonly objects: readonly CapturedObject[];
}

type CapturedObject = readonly [kind: string, name: string, parent: string | null, properties: Readonly<Record<string, string>>];

/**
 * Reads everything that the catalogs say of a schema. Throws SqlError.
 *
 * @param snapshot an exported snapshot to read at
 */
export async function captureCatalog(session: Session, snapshot?: string): Promise<CapturedCatalog> {
  const unread = await unreadable(session, families);
  const objects = await extractAllFacts(session, snapshot === undefined ? {} : { snapshot });
  return { format: captureFormat, unread, objects: objects.all().map(capture) };
}

function capture({ kind, name, parent, properties }: SchemaObject): CapturedObject {
  // A mark shows within one process which secrets are equal; a later one can't tell.
  return [kind, name, parent ?? null, Object.fromEntries([...properties].map(([property, value]) => [property, withoutMarks(value)]))];
}

/** The objects of a captured catalog. */
export function objectsOf(captured: CapturedCatalog): ObjectSet {
  const objects = new ObjectSet();
  for (const [kind, name, parent, properties] of captured.objects) {
    const object = objects.object(kind, name, parent ?? undefined);
    for (const [property, value] of Object.entries(properties)) object.properties.set(property, value);
  }
  return objects;
}
