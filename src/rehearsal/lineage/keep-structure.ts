import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { type CapturedCatalog, captureCatalog } from '../../schema/captured-catalog.ts';
import type { Provided } from '../phases/provision.ts';
import type { Recorder } from '../record-run.ts';
import { withSession } from '../with-session.ts';
import { type Structure, structureFile, writeStructure } from './structure.ts';

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
