import type { Session } from '../../core/ports.ts';
import type { FidelityLoss } from '../../core/source-facts.ts';
import { type LargeObject, listLargeObjects, makeStatements, unreadableLosses } from '../live/large-objects.ts';
import { largeObjectsStatement } from './large-object-rows.ts';
import type { DumpPart } from './table-parts.ts';

/** So many objects go into one file: enough that a hundred thousand small ones are a hundred files. */
const objectsInPart = 1000;

interface LargeObjectParts {
  readonly script: string;
  readonly parts: readonly DumpPart[];
  /** Those that our role may not read are empty in the dump. */
  readonly losses: readonly FidelityLoss[];
}

/**
 * What is written of large objects: the statements that make them, empty, with owner, comment and grants; and their content in parts.
 *
 * @param emptied leaves the content out, as masking may ask for.
 */
export async function largeObjectParts(session: Session, emptied: boolean): Promise<LargeObjectParts> {
  const objects = await listLargeObjects(session);
  const script = objects.map((object) => `${makeStatements(object).join(';\n')};\n`).join('');
  if (emptied) return { script, parts: [], losses: [] };
  const parts = batches(objects).filter((batch) => batch.some(({ readable }) => readable));
  return { script, parts: parts.map(asPart), losses: unreadableLosses(objects.filter(({ readable }) => !readable)) };
}

function batches(objects: readonly LargeObject[]): readonly (readonly LargeObject[])[] {
  return Array.from({ length: Math.ceil(objects.length / objectsInPart) }, (_, index) => objects.slice(index * objectsInPart, (index + 1) * objectsInPart));
}

function asPart(batch: readonly LargeObject[]): DumpPart {
  const [from, to] = [batch[0]?.oid ?? '0', batch.at(-1)?.oid ?? '0'];
  const unreadable = batch.filter(({ readable }) => !readable).map(({ oid }) => oid);
  return { label: `large objects ${from} to ${to}`, statement: largeObjectsStatement(from, to, unreadable) };
}
