import type { SyncObjectsSettings } from '../../config/settings/sync-objects.ts';
import { FailureError, failure, SqlError } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { quoteLiteral } from '../../sql/quote.ts';
import type { RowKey } from '../../sync/objects/check-references.ts';
import { openWriter, type ProvenStaging } from './open-sides.ts';

const rowsAtOnce = 5000;

/** The keys that staging's rows name, a few thousand at a time. Throws FailureError where a table can't be read. */
export async function* rowKeys(context: Context, staging: ProvenStaging, references: SyncObjectsSettings['references']): AsyncGenerator<RowKey> {
  const opened = await openWriter(context, staging, 'UTF8');
  if (!opened.ok) throw new FailureError(opened.failure);
  await using session = opened.value;
  for (const { table, column, prefix } of references) {
    const place = `${table}.${column}`;
    try {
      await session.execute(
        `begin read only; declare keys no scroll cursor for select ${quoteLiteral(prefix)} || (${column})::text as key from ${table} where (${column}) is not null`,
      );
      for (;;) {
        const rows = await session.query<{ key: string }>(`fetch ${rowsAtOnce} from keys`);
        if (rows.length === 0) break;
        for (const { key } of rows) yield { key, place };
      }
      await session.execute('rollback');
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      throw new FailureError(
        failure('sync-failed', `The keys of ${place} can’t be read: ${error.fields.message}.`, { sql: error.fields, cure: 'Correct sync.objects.references.' }),
      );
    }
  }
}
