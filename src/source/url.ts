import { failure, SqlError } from '../core/failure.ts';
import type { LiveSource } from '../core/open-source.ts';
import type { Context, Session } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { type Address, showAddress } from '../core/server.ts';
import type { SourceFacts } from '../core/source-facts.ts';
import { sourceFailure } from '../core/source-failure.ts';
import { readFacts } from './read-facts.ts';
import { readServerSettings } from './server-settings.ts';

/** Catalog questions answer in milliseconds; one that doesn't is in somebody's way. */
const limits = { statementTimeoutMs: 300_000, lockTimeoutMs: 10_000 };

/**
 * Opens production for reading: read-only by construction, at one instant. The snapshot stays open until the source is disposed of, so
 * dispose as soon as the copy is made: a primary can't clean up dead rows meanwhile.
 *
 * Fails with `primary-needs-opt-in` when the server takes writes and `allowPrimary` is false, besides what connecting can fail with.
 *
 * @example
 * const source = await openUrl(context, { url: 'postgres://reader@replica/app', allowPrimary: false });
 */
export async function openUrl(context: Context, options: { readonly url: string; readonly allowPrimary: boolean }): Promise<Result<LiveSource>> {
  const parsed = context.edge.postgres.parseAddress(options.url);
  if (!parsed.ok) return parsed;
  return await openAddress(context, parsed.value, { kind: 'url', allowPrimary: options.allowPrimary });
}

/** As `openUrl`, by an address: of production, or of a copy of it that is no primary of anything. */
export async function openAddress(
  context: Context,
  address: Address,
  options: { readonly kind: SourceFacts['kind']; readonly allowPrimary: boolean; readonly label?: string },
): Promise<Result<LiveSource>> {
  const { kind, allowPrimary, label = showAddress(address) } = options;
  const connected = await context.edge.postgres.connect(address, { applicationName: 'pgrehearse source', signal: context.signal, readOnly: limits });
  if (!connected.ok) return connected;
  const session = connected.value;
  try {
    const snapshotId = await beginSnapshot(session);
    const facts = await readFacts(session, kind, label);
    if (!facts.isStandby && !allowPrimary) {
      await session.close();
      return fail(primaryNeedsOptIn(label));
    }
    const server = await readServerSettings(context, address, facts);
    return ok({
      kind: 'live',
      facts: { ...facts, ...server, unknown: [...facts.unknown, ...server.unknown] },
      address,
      session,
      snapshotId,
      [Symbol.asyncDispose]: () => session.close(),
    });
  } catch (error) {
    await session.close().catch(() => undefined);
    if (error instanceof SqlError) return fail(sourceFailure(error, label, 'reading its catalogs'));
    throw error;
  }
}

/** One transaction from here to the end of the copy; its snapshot is what every other session reads at. */
async function beginSnapshot(session: Session): Promise<string> {
  // Settings of the role or database could change what text the catalogs give, or hide rows.
  await session.execute("set search_path = ''; set row_security = off");
  if (session.serverVersionNum >= 170_000) await session.execute('set transaction_timeout = 0');
  await session.execute('begin transaction isolation level repeatable read, read only');
  const [row] = await session.query<{ id: string }>('select pg_catalog.pg_export_snapshot() as id');
  if (row === undefined) throw new Error('pg_export_snapshot gave no row');
  return row.id;
}

function primaryNeedsOptIn(label: string) {
  return failure(
    'primary-needs-opt-in',
    `${label} is a primary: copying from it holds a snapshot open, which keeps dead rows from being cleaned up meanwhile.`,
  );
}
