import { createDatabase } from '../cluster/create-database.ts';
import type { MadeImage } from '../cluster/image.ts';
import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import type { Address } from '../core/server.ts';
import { quoteIdentifier } from '../sql/quote.ts';
import { withSession } from './with-session.ts';

/** Replaces the copied database of a clone by an empty one of the same name and locale. */
export async function emptyDatabase(context: Context, admin: Address, image: MadeImage): Promise<Result<void>> {
  const dropped = await withSession(context, { ...admin, database: 'template1' }, async (session) => {
    await session.execute(`drop database ${quoteIdentifier(image.database)} with (force)`);
    return ok();
  });
  return dropped.ok ? await createDatabase(context, admin, image.database, image.build.major, image.locale) : dropped;
}
