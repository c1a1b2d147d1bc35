import type { Session } from '../../core/ports.ts';

/** Whether a table or view has any row, as the superuser sees it. Throws SqlError. */
export async function hasRows(session: Session, name: string): Promise<boolean> {
  const [row] = await session.query<{ some: boolean }>(`select exists (select from ${name}) as some`);
  return row?.some === true;
}
