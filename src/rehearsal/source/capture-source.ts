import { failure, SqlError } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { type CapturedCatalog, captureCatalog } from '../../schema/captured-catalog.ts';

/**
 * What production's catalogs say at the instant of the copy's snapshot: more than any dump shows, and so what a copy must be compared with. To be
 * called before the snapshot is given up.
 */
export async function captureSource(context: Context, source: LiveSource): Promise<Result<CapturedCatalog>> {
  const connected = await context.edge.postgres.connect(source.address, {
    applicationName: 'pgrehearse catalogs',
    signal: context.signal,
    readOnly: { statementTimeoutMs: 120_000, lockTimeoutMs: 30_000 },
  });
  if (!connected.ok) return connected;
  await using session = connected.value;
  try {
    return ok(await captureCatalog(session, source.snapshotId));
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    const lost = /^(08|57P)/.test(error.fields.sqlstate);
    return fail(failure(lost ? 'source-lost' : 'compare-failed', `Production’s catalogs could not be read: ${error.message}.`, { sql: error.fields }));
  }
}
