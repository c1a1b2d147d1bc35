import type { SyncSettings } from '../../config/settings/sync.ts';
import { readSequences } from '../../copy/live/sequences.ts';
import { giveUpSnapshot } from '../../copy/live/snapshot.ts';
import { copyEncoding } from '../../copy/restore/session-settings.ts';
import { sideBySide } from '../../copy/side-by-side.ts';
import { FailureError, SqlError } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { TablesReport } from '../../core/sync.ts';
import { qualifiedName } from '../../sql/quote.ts';
import type { TransactionMark } from '../../sync/tables/commit-steps.ts';
import { type ArrivedRows, type FillOutcome, fillTables } from '../../sync/tables/fill-tables.ts';
import type { SyncTransaction } from '../../sync/tables/plan-transactions.ts';
import { joined, shareTransactions } from '../../sync/tables/share-transactions.ts';
import type { TableFailing } from '../../sync/tables/sync-error.ts';
import { firingTriggers } from '../../sync/tables/table-sql.ts';
import type { TableTask } from '../../sync/tables/table-task.ts';
import { analyse, unanalysedTables } from './analyse-tables.ts';
import { type BrokenKey, findBrokenKeys } from './find-broken-keys.ts';
import { findCommit } from './find-commit.ts';
import { type Ended, heldNow } from './held-now.ts';
import { openWriter, type ProvenStaging } from './open-sides.ts';
import type { PlannedSync } from './plan-tables.ts';
import { proveContent, readHashWays, writesOtherwise } from './prove-content.ts';
import { readAtSnapshot } from './read-at-snapshot.ts';

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

/**
 * Brings the planned tables to staging, several side by side, all at production's one snapshot. A table that fails stays as it was; the others go on, unless
 * everything is one transaction. When the run is interrupted, what staging then holds is told all the same. Throws SqlError.
 */
export async function syncTables(
  context: Context,
  production: LiveSource,
  staging: ProvenStaging,
  planned: PlannedSync,
  { sync, jobs, neutralisers }: Wanted,
): Promise<TablesSynced> {
  const startedAt = performance.now();
  const { tasks, silent } = planned;
  const ended = new Map<TableTask, Ended>();
  const progress = progressOf(context, tasks);
  const readable = tasks.flatMap(({ from }) => from.sequences.filter(({ cannot }) => cannot.length === 0));
  const filling = {
    ...{ silent, neutralisers, onData: progress.add },
    sequences: await readSequences(production.session, readable),
    lockTimeoutMs: (sync.staging?.lockTimeoutSeconds ?? 10) * 1000,
    findCommit: (mark: TransactionMark) => findCommit(context, staging, mark),
  };
  const recoded = await writesOtherwise(staging.session, production.facts.locale.encoding);
  const proving = { parity: sync.tables.parity, recoded, ways: await readHashWays(staging.session, tasks) };
  const unanalysed = await unanalysedTables(staging.session, tasks);
  const encoding = copyEncoding(production.facts.locale.encoding);
  // After a table was proven, only triggers of other tables and the team's own statements change its rows.
  const fires = ({ to }: TableTask) => !to.owned && firingTriggers(to.triggers, silent).length > 0;
  const mayChange = !silent || tasks.some((task) => fires(task) || neutralisers(task).length > 0);
  const waiting = [...shareTransactions(planned.transactions)];
  const work = async (stoppable: Context) => {
    let sessions: Sessions | undefined;
    const closeSessions = async () => {
      await sessions?.close();
      sessions = undefined;
    };
    const attempt = async (transaction: SyncTransaction, lockTimeoutMs: number): Promise<FillOutcome> => {
      sessions ??= await openSessions(stoppable, production, staging, encoding);
      const { reader, writer } = sessions;
      const prove = (tables: readonly ArrivedRows[]) => proveContent(tables, { ...proving, reader, writer });
      const outcome = await fillTables(transaction, { ...filling, reader, writer, lockTimeoutMs, prove });
      if (outcome.ok && !outcome.cutOff)
        await analyse(
          writer,
          outcome.tables.filter(({ task, outcome: how }) => how === 'synced' && unanalysed.has(task.to.oid)),
        );
      // The transaction is undone with its session, whatever state that is in.
      else await closeSessions();
      return outcome;
    };
    const note = (transaction: SyncTransaction, outcome: FillOutcome) => {
      for (const [task, { holds, ...one }] of told(transaction, outcome, stoppable.signal.aborted))
        ended.set(task, holds === undefined || mayChange ? one : { ...one, holds });
      if (!outcome.ok && outcome.failing.lost !== undefined) waiting.length = 0;
    };
    const carryOut = async (share: readonly SyncTransaction[]) => {
      const together = joined(share);
      const shared = share.length === 1 ? undefined : await attempt(together, Math.min(sharedLockTimeoutMs, filling.lockTimeoutMs));
      // Another time would meet the same.
      if (shared?.ok || (shared !== undefined && (stoppable.signal.aborted || shared.failing.lost !== undefined))) note(together, shared);
      else for (const transaction of share) if (!stoppable.signal.aborted) note(transaction, await attempt(transaction, filling.lockTimeoutMs));
    };
    try {
      for (let next = waiting.shift(); next !== undefined && !stoppable.signal.aborted; next = waiting.shift()) {
        const unreached = await carryOut(next).catch(unreachable);
        if (unreached === undefined || stoppable.signal.aborted) continue;
        for (const task of joined(next).tasks) if (!ended.has(task)) ended.set(task, { outcome: 'not-reached', ...unreached });
        waiting.length = 0;
      }
    } finally {
      await closeSessions();
    }
  };
  const [interrupted] = await Promise.allSettled([sideBySide(context, Math.min(jobs, Math.max(1, waiting.length)), work)]);
  if (interrupted.status === 'rejected' && !context.signal.aborted) throw interrupted.reason;
  progress.end();
  const snapshotHeldMs = await giveUpSnapshot(production.session).catch((error: unknown) => {
    if (error instanceof SqlError) return 0;
    throw error;
  });
  const asking = lastLooks(context);
  const [tables, broken] = await Promise.all([
    heldNow(asking, staging, planned, ended),
    findBrokenKeys(asking, staging, planned.foreignKeys, { tables: tasks.map(({ to }) => to), jobs }),
  ]);
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

/** Less than a second: before Postgres would end somebody else's transaction for a deadlock with one that holds many tables. */
const sharedLockTimeoutMs = 500;

/** Why nothing more can be done, where a side can't be reached. */
function unreachable(error: unknown): Pick<Ended, 'reason' | 'cure'> {
  if (!(error instanceof FailureError)) throw error;
  return { reason: error.failure.message.replace(/\.$/, ''), ...(error.failure.cure === undefined ? {} : { cure: error.failure.cure }) };
}

/** What staging holds is asked also after an interrupt, for a short while. */
function lastLooks(context: Context): Context {
  return context.signal.aborted ? { ...context, signal: AbortSignal.timeout(20_000) } : context;
}

interface Sessions {
  readonly reader: Session;
  readonly writer: Session;
  close(): Promise<void>;
}

async function openSessions(context: Context, production: LiveSource, staging: ProvenStaging, encoding: string): Promise<Sessions> {
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
function told(transaction: SyncTransaction, outcome: FillOutcome, interrupted: boolean): readonly (readonly [TableTask, Ended])[] {
  if (outcome.ok)
    return outcome.tables.map(({ task, outcome: how, proof, ...figures }) => [
      task,
      how === 'kept' ? { outcome: how } : { outcome: how, ...figures, ...(proof === undefined ? {} : { proof }) },
    ]);
  const { failing, begun, commitUnknown } = outcome;
  if (commitUnknown) return transaction.tasks.map((task) => [task, { outcome: 'unknown', ...withoutLost(failing) }]);
  const failed = qualifiedName(outcome.task.schema, outcome.task.name);
  const ending = interrupted
    ? { reason: 'the sync was interrupted before it was committed', cure: 'Run again.' }
    : failing.lost === undefined
      ? { reason: `${failed} failed, and shares its transaction`, cure: `Correct ${failed}.` }
      : { reason: failing.reason, cure: failing.cure };
  const end = (task: TableTask): Ended => {
    if (task === outcome.task && !interrupted) return { outcome: 'failed', ...withoutLost(failing) };
    // Of a table that was only waited for, nothing had to be undone.
    return { outcome: begun.has(task) || (!interrupted && failing.lost === undefined) ? 'undone' : 'not-reached', ...ending };
  };
  return transaction.tasks.map((task) => [task, end(task)]);
}

function withoutLost({ lost: _, ...failing }: TableFailing): Omit<TableFailing, 'lost'> {
  return failing;
}

function progressOf({ emit }: Context, tasks: readonly TableTask[]) {
  const total = tasks.reduce((sum, { from }) => sum + Math.max(0, from.liveRows > 0 ? from.liveRows : from.estimatedRows), 0);
  let [rows, bytes, saidAt] = [0, 0, 0];
  const say = () => emit({ type: 'progress', phase: 'provision', task: 'rows', done: rows, total: Math.max(total, rows), unit: 'rows', bytes });
  return {
    add: (more: number, moreBytes: number) => {
      rows += more;
      bytes += moreBytes;
      if (performance.now() - saidAt < 200) return;
      saidAt = performance.now();
      say();
    },
    end: say,
  };
}
