import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { type CapturedCatalog, captureCatalog, captureFormat } from '../../schema/captured-catalog.ts';
import type { Provided } from '../phases/provision.ts';
import type { Recorder } from '../record-run.ts';
import { withSession } from '../with-session.ts';

/** Where a run keeps production's structure, object by object. */
export const structureFile = 'structure.json';

/** Production's structure before anything was migrated. */
export interface Structure {
  readonly format: 'pgrehearse-structure/1';
  /** `production`: read there, at the copy's snapshot. `copy`: read from the copy, where expressions may be written otherwise. */
  readonly readFrom: 'production' | 'copy';
  readonly serverVersion: string;
  readonly catalog: CapturedCatalog;
}

/**
 * Keeps production's structure with the run, so that a later one can be held against it. Fails with what reading a copy fails with.
 *
 * @param catalog what production's own catalogs said; the copy's are read unless given
 */
export async function keepStructure(
  context: Context,
  recorder: Recorder,
  provided: Provided,
  catalog: CapturedCatalog | undefined,
): Promise<Result<Structure>> {
  const { serverVersion } = provided.facts;
  const structure: Result<Structure> =
    catalog === undefined ? await structureOfCopy(context, provided) : ok({ format: 'pgrehearse-structure/1', readFrom: 'production', serverVersion, catalog });
  if (structure.ok) await recorder.writeArtifact(structureFile, 'Production’s structure, object by object', writeStructure(structure.value));
  return structure;
}

/** The structure as the copy has it: what a dump shows, and what any copy can be compared by. */
export async function structureOfCopy(context: Context, { clone, facts }: Provided): Promise<Result<Structure>> {
  const catalog = await withSession(context, clone.admin, async (session) => ok(await captureCatalog(session)));
  if (!catalog.ok) return catalog;
  return ok({ format: 'pgrehearse-structure/1', readFrom: 'copy', serverVersion: facts.serverVersion, catalog: catalog.value });
}

/** One object a line, so that any diff tool shows what is another. */
function writeStructure({ catalog, ...head }: Structure): string {
  const { objects, ...rest } = catalog;
  const lines = objects.map((object) => JSON.stringify(object)).join(',\n');
  return `${JSON.stringify({ ...head, catalog: { ...rest, objects: [] } }).slice(0, -3)}\n${lines}\n]}}\n`;
}

/** Undefined where the text is no structure, or one of another version of pgrehearse, whose facts are other ones. */
export function parseStructure(text: string): Structure | undefined {
  try {
    const value = JSON.parse(text) as Structure | null;
    const usable = value?.format === 'pgrehearse-structure/1' && value.catalog?.format === captureFormat && Array.isArray(value.catalog.objects);
    return usable ? value : undefined;
  } catch {
    return undefined;
  }
}
