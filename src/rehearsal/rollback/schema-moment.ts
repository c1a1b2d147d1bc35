import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import { captureCatalog } from '../../schema/captured-catalog.ts';
import type { Side } from '../../schema/compare-schemas.ts';
import { withSession } from '../with-session.ts';

/** The schema of a clone at one moment, as both engines need it for comparing a later one with it. */
export type SchemaMoment = Extract<Side, { readonly text: string }>;

/** Reads the schema of a clone that nobody changes meanwhile. Fails with what pg_dump fails with, and with `check-failed`. */
export async function readSchemaMoment(context: Context, clone: Address, label: string): Promise<Result<SchemaMoment>> {
  return await withSession(context, clone, async (session) => {
    const dump = await context.edge.postgres.pgDumpFor(Math.floor(session.serverVersionNum / 10_000));
    if (!dump.ok) return dump;
    const text = await dump.value.dumpSchema(clone, {}, context.signal);
    if (!text.ok) return text;
    const [row] = await session.query<{ version: string }>(`select pg_catalog.current_setting('server_version') as version`);
    const catalog = await captureCatalog(session);
    return ok({ text: text.value, label, serverVersion: row?.version.split(' ')[0] ?? '', catalog });
  });
}

/** Whether something of the schema is another than it was at an earlier moment. */
export function schemaChanged(before: SchemaMoment, after: SchemaMoment): boolean {
  return before.text !== after.text || JSON.stringify(before.catalog?.objects) !== JSON.stringify(after.catalog?.objects);
}
