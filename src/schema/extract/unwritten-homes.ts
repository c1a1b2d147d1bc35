import type { Session } from '../../core/ports.ts';
import { extensionMembers } from './sql-pieces.ts';

/**
 * The tables and views (their oids) of whose parts pg_dump leaves out some: those that an extension brought along, and those with an index that is not valid.
 * Throws SqlError.
 */
export async function unwrittenHomes(session: Session): Promise<ReadonlySet<number>> {
  const rows = await session.query<{ home: number }>(
    `select m.objid::pg_catalog.int8::pg_catalog.text as home from ${extensionMembers} m
      union
     select x.indrelid::pg_catalog.int8::pg_catalog.text from pg_catalog.pg_index x
      where x.indrelid >= 16384 and not (x.indisvalid and x.indisready and x.indislive)
      order by 1`,
  );
  return new Set(rows.map(({ home }) => Number(home)));
}
