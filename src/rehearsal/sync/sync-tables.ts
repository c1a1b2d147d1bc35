import type { SyncSettings } from '../../config/settings/sync.ts';
import { readSequences } from '../../copy/live/sequences.ts';
import { giveUpSnapshot } from '../../copy/live/snapshot.ts';
import { copyEncoding } from '../../copy/restore/session-settings.ts';
import { sideBySide } from '../../copy/side-by-side.ts';
import { FailureError, SqlError } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { SyncedTable, TablesReport } from '../../core/sync.ts';
import { qualifiedName } from '../../sql/quote.ts';
import { type Filling, type FillOutcome, fillTables } from '../../sync/tables/fill-tables.ts';
import type { SyncTransaction } from '../../sync/tables/plan-transactions.ts';
import type { TableFailing } from '../../sync/tables/sync-error.ts';
import type { TableFacts } from '../../sync/tables/table-facts.ts';
import { rowsOf } from '../../sync/tables/table-sql.ts';
import type { TableTask } from '../../sync/tables/table-task.ts';
import { type BrokenKey, findBrokenKeys } from './find-broken-keys.ts';
import { type OpenStaging, openWriter } from './open-sides.ts';
import type { PlannedSync } from './plan-tables.ts';
import { proveContent } from './prove-content.ts';
import { readAtSnapshot } from './read-at-snapshot.ts';
import { withoutForcedPolicies } from './without-forced-policies.ts';

export interface TablesSynced {
  readonly report: TablesReport;
  /** Foreign keys of staging that don't hold any more; undefined where they could not be looked at. */
  readonly broken: readonly BrokenKey[] | undefined;
}

interface Wanted {
  readonly sync: SyncSettings;
  readonly jobs: number;
  /** Statements of the team that belong to a table's transaction. */
  readonly neutralisers: (task: TableTask) => readonly string[];
}

/** What became of one table, before staging is asked what it holds. */
type Ended = Omit<SyncedTable, 'table' | 'mode' | 'converted' | 'masked' | 'holds'>;

/**
 * Brings the planned tables to staging, several side by side, all at production's one snapshot. A table that fails stays as it was; the others go on, unless
 * everything is one transaction. Throws FailureError where a side can't be reached at all.
 */
export async function syncTables(
  context: Context,
  production: LiveSource,
  staging: OpenStaging,
  planned: PlannedSync,
  { sync, jobs, neutralisers }: Wanted,
): Promise<TablesSynced> {
  const startedAt = performance.now();
  const { tasks, transactions, silent } = planned;
  const ended = new Map<TableTask, Ended>();
  const progress = progressOf(context, tasks);
  const sequences = await readSequences(production.session);
  const encoding = copyEncoding(production.facts.locale.encoding);
  const waiting = [...transactions];
  const work = async (stoppable: Context) => {
    let sessions: Sessions | undefined;
    try {
      for (let next = waiting.shift(); next !== undefined && !stoppable.signal.aborted; next = waiting.shift()) {
        sessions ??= await openSessions(stoppable, production, staging, encoding).catch((error: unknown) => {
          if (!(error instanceof FailureError) || stoppable.signal.aborted) throw error;
          const { message: reason, cure } = error.failure;
          for (const task of next.tasks) ended.set(task, { outcome: 'not-reached', reason: reason.replace(/\.$/, ''), cure });
          return undefined;
        });
        if (sessions === undefined) {
          waiting.length = 0;
          break;
        }
        const { reader, writer } = sessions;
        const filling: Filling = {
          ...{ reader, writer, silent, sequences, neutralisers, onData: progress.add },
          lockTimeoutMs: (sync.staging?.lockTimeoutSeconds ?? 10) * 1000,
          prove: (task, rows) => proveContent(reader, writer, task, rows, sync.tables.parity),
        };
        const outcome = await fillTables(next, filling);
        for (const [task, one] of told(next, outcome)) ended.set(task, one);
        if (!outcome.ok) {
          // The transaction is undone with its session, whatever state that is in.
          await sessions.close();
          sessions = undefined;
          if (outcome.failing.lost !== undefined) waiting.length = 0;
        } else for (const { task } of outcome.tables) await analyse(writer, task);
      }
    } finally {
      await sessions?.close();
    }
  };
  await sideBySide(context, Math.min(jobs, Math.max(1, transactions.length)), work);
  progress.end();
  const snapshotHeldMs = await giveUpSnapshot(production.session).catch((error: unknown) => {
    if (error instanceof SqlError) return 0;
    throw error;
  });
  const tables = await heldNow(context, staging, planned, ended);
  const broken = await findBrokenKeys(
    context,
    staging,
    planned.foreignKeys,
    planned.tasks.map(({ to }) => to),
  );
  const sum = (what: 'rows' | 'bytes') => tables.reduce((total, table) => total + (table[what] ?? 0), 0);
  return {
    broken,
    report: {
      tables,
      ...{ rows: sum('rows'), bytes: sum('bytes'), snapshotHeldMs, constraints: planned.plan.constraints },
      durationMs: Math.round(performance.now() - startedAt),
    },
  };
}

interface Sessions {
  readonly reader: Session;
  readonly writer: Session;
  close(): Promise<void>;
}

async function openSessions(context: Context, production: LiveSource, staging: OpenStaging, encoding: string): Promise<Sessions> {
  const reader = await readAtSnapshot(context, production);
  const opened = await openWriter(context, staging, encoding).catch(async (error: unknown) => {
    await reader.close();
    throw error;
  });
  if (!opened.ok) {
    await reader.close();
    throw new FailureError(opened.failure);
  }
  const writer = opened.value;
  return {
    reader,
    writer,
    close: async () => {
      await Promise.all([reader.close(), writer.close()]);
    },
  };
}

/** What an outcome means for each table of its transaction. */
function told(transaction: SyncTransaction, outcome: FillOutcome): readonly (readonly [TableTask, Ended])[] {
  if (outcome.ok) return outcome.tables.map(({ task, outcome: how, ...figures }) => [task, how === 'kept' ? { outcome: how } : { outcome: how, ...figures }]);
  const failed = qualifiedName(outcome.task.schema, outcome.task.name);
  return transaction.tasks.map((task) => [
    task,
    task === outcome.task
      ? { outcome: 'failed', ...withoutLost(outcome.failing) }
      : { outcome: 'undone', reason: `${failed} failed, and shares its transaction`, cure: `Correct ${failed}.` },
  ]);
}

function withoutLost({ lost: _, ...failing }: TableFailing): Omit<TableFailing, 'lost'> {
  return failing;
}

/** The planner knows nothing of new rows; that this fails says nothing of them. */
async function analyse(writer: Session, { to }: TableTask): Promise<void> {
  await writer.execute(`analyze ${rowsOf({ ...to, partitioned: true })}`).catch((error: unknown) => {
    if (!(error instanceof SqlError)) throw error;
  });
}

/** Every planned and refused table, with what staging holds of it now: asked of staging itself, past everything that we believe. */
async function heldNow(
  context: Context,
  staging: OpenStaging,
  { plan, tasks }: PlannedSync,
  ended: ReadonlyMap<TableTask, Ended>,
): Promise<readonly SyncedTable[]> {
  const counted = await openWriter(context, staging, 'UTF8');
  await using counter = counted.ok ? counted.value : undefined;
  const count = async (from: string, lift: readonly TableFacts[] = []) => {
    if (counter === undefined) return {};
    try {
      const rows = await withoutForcedPolicies(counter, lift, () => counter.query<{ rows: string }>(`select pg_catalog.count(*) as rows from ${from}`));
      return { holds: Number(rows[0]?.rows) };
    } catch (error) {
      if (error instanceof SqlError) return {};
      throw error;
    }
  };
  const tables: SyncedTable[] = [];
  for (const task of tasks) {
    const table = qualifiedName(task.schema, task.name);
    const about = { table, mode: task.mode, converted: task.converted, masked: task.masked };
    const end: Ended = ended.get(task) ?? { outcome: 'not-reached', reason: 'the sync ended before', cure: 'Run again.' };
    tables.push({ ...about, ...end, ...(await count(rowsOf(task.to), [task.to])) });
  }
  for (const { table, reasons } of plan.refused) {
    const [first] = reasons;
    const { reason = 'refused', cure = '', ...place } = first ?? {};
    const more = reasons.length > 1 ? `; and ${reasons.length - 1} more` : '';
    tables.push({ table, mode: 'replace', outcome: 'refused', converted: [], masked: [], reason: `${reason}${more}`, cure, ...place, ...(await count(table)) });
  }
  return tables.sort((a, b) => (a.table < b.table ? -1 : 1));
}

function progressOf({ emit }: Context, tasks: readonly TableTask[]) {
  const total = tasks.reduce((sum, { from }) => sum + Math.max(0, from.liveRows > 0 ? from.liveRows : from.estimatedRows), 0);
  let [rows, bytes, saidAt] = [0, 0, 0];
  const say = () => emit({ type: 'progress', phase: 'provision', task: 'rows', done: rows, total: Math.max(total, rows), unit: 'rows', bytes });
  return {
    add: (_: TableTask, more: number, moreBytes: number) => {
      rows += more;
      bytes += moreBytes;
      if (performance.now() - saidAt < 200) return;
      saidAt = performance.now();
      say();
    },
    end: say,
  };
}
