import { failure, SqlError } from '../../core/failure.ts';
import type { OpenSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { showAddress } from '../../core/server.ts';

const identifierQuery = 'select system_identifier::text as identifier from pg_catalog.pg_control_system()';

/**
 * Refuses a server that is the source's primary, or another of its replicas: they have the same system identifier. A source is better a replica, and
 * then nothing else would tell its primary from a stranger. A server that was once copied from production file by file has it too, so it can be
 * allowed by name.
 */
export async function proveNotRelative(
  context: Context,
  source: OpenSource,
  target: { readonly identifier: string; readonly shown: string },
): Promise<Result<void>> {
  if (source.kind !== 'live') return ok();
  // Beside the session that holds the snapshot, which an error would end.
  const connected = await context.edge.postgres.connect(source.address, {
    applicationName: 'pgrehearse',
    readOnly: { statementTimeoutMs: 30_000, lockTimeoutMs: 5_000 },
    signal: context.signal,
  });
  if (!connected.ok) return connected;
  await using session = connected.value;
  try {
    const [found] = await session.query<{ identifier: string }>(identifierQuery);
    if (found !== undefined && found.identifier !== target.identifier) return ok();
    const message = `${target.shown} has the system identifier of the source ${showAddress(source.address)}: it is its primary, its replica or a copy of its files`;
    return refused(`${message}; nothing was changed there.`, target.shown);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    const message = `it can’t be proven that ${target.shown} is not the primary of the source ${showAddress(source.address)}: ${error.fields.message}`;
    return refused(message, target.shown);
  }
}

function refused(message: string, object: string): Result<never> {
  const cure = 'Choose another target. If that server is no production at all, say so in target.allowSourceServer.';
  return fail(failure('target-is-source', message, { object, cure }));
}
