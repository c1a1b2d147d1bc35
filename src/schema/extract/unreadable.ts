import type { Session } from '../../core/ports.ts';
import type { FactFamily } from './fact-family.ts';

/** A family that is not read, since this role may not read a column that it needs. */
export interface Unread {
  readonly family: string;
  /** `pg_subscription.subconninfo` */
  readonly column: string;
}

/** Which families can't be read by the session's role. Throws SqlError. */
export async function unreadable(session: Session, families: readonly FactFamily[]): Promise<readonly Unread[]> {
  const needed = families.flatMap(({ name, needs = [] }) => needs.map((column) => ({ family: name, column })));
  if (needed.length === 0) return [];
  const rows = await session.query<{ column: string }>(
    `select n.text as "column"
       from unnest($1::text[]) n (text)
       join pg_catalog.pg_attribute a
         on a.attrelid = ('pg_catalog.' || split_part(n.text, '.', 1))::pg_catalog.regclass and a.attname = split_part(n.text, '.', 2)
      where not pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')
      order by 1`,
    [[...new Set(needed.map(({ column }) => column))]],
  );
  const denied = new Set(rows.map(({ column }) => column));
  return needed.filter(({ column }) => denied.has(column));
}
