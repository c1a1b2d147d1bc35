import type { ImageWanted } from '../../core/clone-host.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import { interrupted } from '../interrupted.ts';
import type { TargetDatabase } from './make-database.ts';
import { onTarget, type TargetServer } from './target-server.ts';

export interface FrozenDatabase {
  /** ISO 8601. */
  readonly dataAsOf: string;
  readonly memo?: string;
  readonly sizeBytes: number;
}

/**
 * Fills a database by `load`, then shuts it: nobody can enter it any more, so that what clones are copied from neither changes nor is read. It isn't
 * marked as a template: that would let every role that may create databases copy production's rows.
 *
 * @param holds `schema`: other roles may enter while it is filled, as the migrator has to where a baseline is built
 */
export async function freezeDatabase(
  context: Context,
  target: TargetServer,
  { name, admin }: Pick<TargetDatabase, 'name' | 'admin'>,
  load: ImageWanted['load'],
  holds: 'production' | 'schema' = 'production',
): Promise<Result<FrozenDatabase>> {
  // Others have accounts on this server: production's rows are not for them. The copy's own rights come with what is loaded.
  const closed = await onTarget(context, target.address, async (session) => {
    if (holds === 'production') await session.execute(`revoke connect on database ${quoteIdentifier(name)} from public`);
    return ok();
  });
  if (!closed.ok) return closed;
  const loaded = await load(admin);
  if (!loaded.ok) return loaded;
  const stopped = interrupted(context);
  if (stopped !== undefined) return fail(stopped);
  return await onTarget(context, target.address, async (session) => {
    await session.execute(`alter database ${quoteIdentifier(name)} allow_connections false`);
    const [row] = await session.query<{ size: string }>('select pg_catalog.pg_database_size($1::name) as size', [name]);
    return ok({ ...loaded.value, sizeBytes: Number(row?.size ?? 0) });
  });
}
