import { failure } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { onTarget } from './target-server.ts';

/**
 * Lends a session to the server that a ledger line names. The password comes from the variable that the line names, else from where libpq looks
 * (PGPASSWORD, ~/.pgpass): the ledger holds none. A server that isn't the one where the thing was made gets no session.
 *
 * @param patienceMs until the attempt to connect is given up
 */
export async function onTargetOf<T>(
  context: Context,
  resource: Resource,
  use: (session: Session) => Promise<Result<T>>,
  patienceMs?: number,
): Promise<Result<T>> {
  const address = addressOf(context, resource);
  if (!address.ok) return address;
  return await onTarget(
    context,
    address.value,
    async (session) => {
      const [found] = await session.query<{ identifier: string }>('select system_identifier::text as identifier from pg_catalog.pg_control_system()');
      if (found?.identifier !== resource.facts.server) {
        const { host, port } = address.value;
        return fail(failure('target-not-ours', `the server at ${host}:${port} is another one than that on which ${resource.label} was made`));
      }
      return await use(session);
    },
    patienceMs,
  );
}

/** The way in that a ledger line names. Fails with `target-unreachable` where its variable isn't set. */
export function addressOf(context: Context, { facts, label }: Resource): Result<Address> {
  const { urlVariable, host, port, user, via } = facts;
  const { system, postgres } = context.edge;
  const quoted = (text: unknown) => `'${String(text).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  if (typeof urlVariable !== 'string') {
    return postgres.parseAddress(`host=${quoted(host)} port=${quoted(port)} user=${quoted(user)} dbname=${quoted(via)}`);
  }
  const url = system.environment(urlVariable);
  if (url !== undefined) return postgres.parseAddress(url);
  const cure = `Set ${urlVariable} to the URL of the server at ${host}:${port}, then run the command again.`;
  return fail(failure('target-unreachable', `the variable ${urlVariable}, which leads to the server of ${label}, is not set`, { cure }));
}
