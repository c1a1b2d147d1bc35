import { failure, SqlError } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { quoteLiteral } from '../../sql/quote.ts';
import { openWriter } from './open-sides.ts';
import { openSides } from './open-tables.ts';
import { stampSchema } from './read-identity.ts';
import type { SyncRequest } from './sync-request.ts';

/**
 * Writes our stamp onto staging, once it is proven not to be production: an empty schema whose comment names this very database. A dump that takes it elsewhere
 * makes no stamp of it.
 *
 * Fails with what opening and proving both sides fails with, and with `staging-unproven` where the stamp can't be written.
 */
export async function stampStaging(
  context: Context,
  { settings, folder }: Pick<SyncRequest, 'settings' | 'folder'>,
): Promise<Result<{ readonly staging: string }>> {
  const { sync } = settings;
  if (sync === undefined) return fail(failure('config-invalid', 'The configuration has no section sync.', { cure: 'Add sync.production and sync.staging.' }));
  const opened = await openSides(context, sync, folder, false);
  if (!opened.ok) return opened;
  await using sides = opened.value;
  const { own, stamp } = sides.proven.stagingIdentity;
  if (own === undefined) {
    const message = `The role of ${sides.staging.label} may not read the system identifier, which the stamp has to name.`;
    return fail(failure('staging-unproven', message, { cure: 'Grant it execute on function pg_control_system(), or stamp as another role.' }));
  }
  // Another role may have stamped it, whose schema this one can't alter.
  if (stamp === own) return ok({ staging: sides.staging.label });
  const writer = await openWriter(context, sides.staging, 'UTF8');
  if (!writer.ok) return writer;
  await using session = writer.value;
  try {
    await session.execute(`create schema if not exists ${stampSchema}; comment on schema ${stampSchema} is ${quoteLiteral(own)}`);
    return ok({ staging: sides.staging.label });
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return fail(
      failure('staging-unproven', `The stamp could not be written: ${error.fields.message}.`, {
        sql: error.fields,
        cure: 'Grant CREATE on the database, or name its database and systemIdentifier in sync.staging.identity.',
      }),
    );
  }
}
