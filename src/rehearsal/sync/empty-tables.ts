import type { SyncSettings } from '../../config/settings/sync.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { TableProblem } from '../../core/sync.ts';
import { fits } from '../../sync/tables/choose-tables.ts';
import { whyNotEmpty } from '../../sync/tables/empty-source.ts';
import { rowsOf } from '../../sync/tables/table-sql.ts';
import type { TableTask } from '../../sync/tables/table-task.ts';

/**
 * Tables that production gives no row of, and that isn't believed: its statistics say otherwise, or not one of all tables has a row, as in a database that was
 * just made, or loaded without data. Nothing is replaced by nothing unless the team says that it may. Throws SqlError.
 */
export async function emptyTables(
  { session }: LiveSource,
  tasks: readonly TableTask[],
  accepted: SyncSettings['tables']['acceptEmpty'],
): Promise<ReadonlyMap<TableTask, readonly TableProblem[]>> {
  const asked = tasks.filter(({ from }) => !accepted.some(({ table }) => fits(table, from)));
  const isEmpty = async ({ from }: TableTask) => {
    const [row] = await session.query<{ any: boolean }>(`select exists (select from ${rowsOf(from)}) as "any"`);
    return row?.any !== true;
  };
  const problems = new Map<TableTask, readonly TableProblem[]>();
  for (const task of asked) {
    const why = whyNotEmpty(task.from);
    if (why !== undefined && (await isEmpty(task))) problems.set(task, [problem(`production’s table reads as empty, and ${why}`)]);
  }
  // The largest first: it has rows, as a rule, and no other one needs to be asked.
  for (const task of tasks.toSorted((a, b) => b.from.bytes - a.from.bytes)) if (!problems.has(task) && !(await isEmpty(task))) return problems;
  for (const task of asked) if (!problems.has(task)) problems.set(task, [problem('production’s table reads as empty, as do all others that would be synced')]);
  return problems;
}

function problem(reason: string): TableProblem {
  return { reason, cure: 'Check that this is the right database and role; where it really is empty, ANALYZE it, or name it in sync.tables.acceptEmpty.' };
}
