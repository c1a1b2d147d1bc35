import type { Session } from '../../core/ports.ts';
import type { ServerAnswer } from './server-answer.ts';

/** Of others’ sessions a role without pg_read_all_stats sees neither state nor age: what it doesn’t see may be there. Undefined where it sees all. */
export async function unseen(session: Session): Promise<ServerAnswer | undefined> {
  const [row] = await session.query<{ sees: boolean; name: string }>(
    `select pg_catalog.pg_has_role('pg_read_all_stats', 'usage') as sees, current_user::text as name`,
  );
  if (row?.sees === true) return undefined;
  return {
    kind: 'doubt',
    reason: `${row?.name ?? 'the role'} may not see what others’ sessions do`,
    cure: `grant pg_read_all_stats to ${row?.name ?? 'it'}; it reads nothing but statistics.`,
  };
}
