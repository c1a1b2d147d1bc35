import type { SyncSettings } from '../../config/settings/sync.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Session } from '../../core/ports.ts';
import type { TableProblem } from '../../core/sync.ts';
import { fits } from '../../sync/tables/choose-tables.ts';
import { whyNotEmpty } from '../../sync/tables/empty-source.ts';
import type { TableFacts } from '../../sync/tables/table-facts.ts';
import { rowsOf } from '../../sync/tables/table-sql.ts';
import type { TableTask } from '../../sync/tables/table-task.ts';

/** Tables that are asked about in one statement. */
const atOnce = 64;

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
  const isEmpty = async ({ from }: TableTask) => (await readEmpty(session, [from]))[0] !== false;
  const problems = new Map<TableTask, readonly TableProblem[]>();
  const doubted = asked.flatMap((task) => {
    const why = whyNotEmpty(task.from);
    return why === undefined ? [] : [{ task, why }];
  });
  for (let at = 0; at < doubted.length; at += atOnce) {
    const some = doubted.slice(at, at + atOnce);
    const empty = await readEmpty(
      session,
      some.map(({ task }) => task.from),
    );
    for (const [place, { task, why }] of some.entries())
      if (empty[place] !== false) problems.set(task, [problem(`production’s table reads as empty, and ${why}`)]);
  }
  // The largest first: it has rows, as a rule, and no other one needs to be asked.
  for (const task of tasks.toSorted((a, b) => b.from.bytes - a.from.bytes)) if (!problems.has(task) && !(await isEmpty(task))) return problems;
  for (const task of asked) if (!problems.has(task)) problems.set(task, [problem('production’s table reads as empty, as do all others that would be synced')]);
  return problems;
}

/** In their order. */
async function readEmpty(session: Session, tables: readonly TableFacts[]): Promise<readonly boolean[]> {
  const questions = tables.map((table, place) => `select ${place} as place, not exists (select from ${rowsOf(table)}) as empty`);
  const rows = await session.query<{ empty: boolean }>(`${questions.join(' union all ')} order by place`);
  return rows.map(({ empty }) => empty);
}

function problem(reason: string): TableProblem {
  return { reason, cure: 'Check that this is the right database and role; where it really is empty, ANALYZE it, or name it in sync.tables.acceptEmpty.' };
}
