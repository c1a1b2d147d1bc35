import type { Session } from '../../core/ports.ts';
import { qualifiedName } from '../../sql/quote.ts';
import type { TableFacts } from '../../sync/tables/table-facts.ts';

/** Reads tables whose policies are forced upon their owner too, which we are: they are lifted in a transaction that is rolled back. Throws SqlError. */
export async function withoutForcedPolicies<T>(session: Session, tables: readonly TableFacts[], read: () => Promise<T>): Promise<T> {
  const forced = tables.filter(({ owned, rlsForced, rlsActive }) => owned && rlsForced && rlsActive);
  if (forced.length === 0) return await read();
  await session.execute("begin; set local lock_timeout = '10s'");
  try {
    for (const { schema, name } of forced) await session.execute(`alter table ${qualifiedName(schema, name)} no force row level security`);
    return await read();
  } finally {
    await session.execute('rollback');
  }
}
