import type { Session } from '../../core/ports.ts';

/** Ends the source's transaction. Returns how long its rows were held back from being cleaned up, in milliseconds. */
export async function giveUpSnapshot(session: Session): Promise<number> {
  const [row] = await session.query<{ ms: number }>(
    'select (extract(epoch from pg_catalog.clock_timestamp() - pg_catalog.transaction_timestamp()) * 1000)::int as ms',
  );
  await session.execute('commit');
  return row?.ms ?? 0;
}

/** Whether there is a schema public: production may have dropped its own, and a dump doesn't say so. */
export async function hasSchemaPublic(session: Session): Promise<boolean> {
  const [row] = await session.query<{ there: boolean }>("select exists (select from pg_catalog.pg_namespace where nspname = 'public') as there");
  return row?.there === true;
}
