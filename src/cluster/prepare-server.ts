import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { ok, type Result } from '../core/result.ts';
import type { ServerBuild } from '../core/server.ts';
import { prepareBuild } from './prepare-build.ts';

/** As `prepareBuild`, with the ledger told where the binaries are that the server runs from, since gc must not take those away. */
export async function prepareServer(context: Context, resource: Resource, wanted: ServerBuild, folder: string): Promise<Result<ServerBuild>> {
  const prepared = await prepareBuild(context, wanted, folder);
  if (!prepared.ok) return prepared;
  const { binFolder } = prepared.value;
  if (binFolder !== resource.facts.binFolder) await context.ledger.amend(resource.id, { facts: { binFolder } });
  return ok(prepared.value);
}
