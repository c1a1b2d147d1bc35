import { SqlError } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { SyncedTable } from '../../core/sync.ts';
import { qualifiedName } from '../../sql/quote.ts';
import type { TableFacts } from '../../sync/tables/table-facts.ts';
import { rowsOf } from '../../sync/tables/table-sql.ts';
import type { TableTask } from '../../sync/tables/table-task.ts';
import { askTogether } from './ask-together.ts';
import { openWriter, type ProvenStaging } from './open-sides.ts';
import type { PlannedSync } from './plan-tables.ts';
import { withoutForcedPolicies } from './without-forced-policies.ts';

/** What became of one table. `holds`: only where nothing but what was proven can be in it. */
export type Ended = Omit<SyncedTable, 'table' | 'mode' | 'converted' | 'masked'>;

interface Counted {
  /** SQL. */
  readonly from: string;
  readonly table?: TableFacts;
}

/**
 * Every planned and refused table, with what staging holds of it now. A table whose commit was acknowledged has the rows that were counted in it under its lock;
 * all others staging itself is asked about, past everything that we believe.
 */
export async function heldNow(
  context: Context,
  staging: ProvenStaging,
  { plan, tasks }: PlannedSync,
  ended: ReadonlyMap<TableTask, Ended>,
): Promise<readonly SyncedTable[]> {
  const unknown = tasks.filter((task) => ended.get(task)?.holds === undefined);
  const asked: Counted[] = [...unknown.map(({ to }) => ({ from: rowsOf(to), table: to })), ...plan.refused.map(({ table }) => ({ from: table }))];
  const opened = asked.length === 0 ? undefined : await openWriter(context, staging, 'UTF8');
  await using counter = opened?.ok ? opened.value : undefined;
  const held = counter === undefined ? [] : await askTogether(asked, (some) => countRows(counter, some));
  const places = new Map(unknown.map((task, place) => [task, place]));
  const holds = (place: number | undefined) => {
    const rows = place === undefined ? undefined : held[place];
    return rows === undefined || rows instanceof SqlError ? {} : { holds: Number(rows) };
  };
  const tables = tasks.map((task): SyncedTable => {
    const about = { table: qualifiedName(task.schema, task.name), mode: task.mode, converted: task.converted, masked: task.masked };
    const end: Ended = ended.get(task) ?? { outcome: 'not-reached', reason: 'the sync ended before', cure: 'Run again.' };
    return { ...about, ...end, ...holds(places.get(task)) };
  });
  const refused = plan.refused.map(({ table, mode, reasons }, place): SyncedTable => {
    const [first] = reasons;
    const { reason = 'refused', cure = '', ...where } = first ?? {};
    const more = reasons.length > 1 ? `; and ${reasons.length - 1} more` : '';
    const about = { table, mode, outcome: 'refused' as const, converted: [], masked: [] };
    return { ...about, reason: `${reason}${more}`, cure, ...where, ...holds(unknown.length + place) };
  });
  return [...tables, ...refused].sort((a, b) => (a.table < b.table ? -1 : 1));
}

async function countRows(counter: Session, some: readonly Counted[]): Promise<readonly string[]> {
  const queries = some.map(({ from }, place) => `select ${place} as place, pg_catalog.count(*) as rows from ${from}`);
  const lifted = some.flatMap(({ table }) => (table === undefined ? [] : [table]));
  const rows = await withoutForcedPolicies(counter, lifted, () => counter.query<{ rows: string }>(`${queries.join(' union all ')} order by place`));
  return rows.map((row) => row.rows);
}
