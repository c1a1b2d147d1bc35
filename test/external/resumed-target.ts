import { removeUnneededRoles } from '../../src/cluster/external/target-roles.ts';
import { dropClone, listClones } from '../../src/cluster/kept-clones.ts';
import { removeImage } from '../../src/cluster/remove-image.ts';
import type { Context } from '../../src/core/ports.ts';
import { unwrap } from '../support/unwrap.ts';

/** The configuration of a project whose clones live on an existing server. */
export function onTargetOf(url: string) {
  return {
    source: { dump: 'production.sql' },
    target: { url },
    migrate: { tool: 'sql-files', folder: 'migrations', layout: 'flat', role: 'postgres' },
    baseline: { mode: 'init-then-migrations' },
  };
}

/** Drops the clones, their images and the roles that were made for them. */
export async function clearTarget(context: Context): Promise<void> {
  for (const { resource } of await listClones(context)) unwrap(await dropClone(context, resource.id));
  for (const { id, kind, facts } of await context.ledger.list()) if (kind === 'database' && facts.use === 'image') unwrap(await removeImage(context, { id }));
  await removeUnneededRoles(context);
}
