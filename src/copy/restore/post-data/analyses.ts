import { SqlError } from '../../../core/failure.ts';
import type { Session } from '../../../core/ports.ts';
import type { FidelityLoss } from '../../../core/source-facts.ts';
import { qualifiedName } from '../../../sql/quote.ts';
import type { CarriedStatistics } from '../../statistics/carried-statistics.ts';
import { type AnalyzeOptions, type AnalyzeTask, planAnalyze } from '../analyze-plan.ts';
import { executeRetrying } from '../execute-retrying.ts';
import { settled } from '../settled.ts';
import type { TaskPool } from '../task-pool.ts';

/** Analyses of tables: those that are under way or will be, and those that somebody has to start once nothing is locked any more. */
export interface StartedAnalyses {
  readonly early: readonly Promise<void>[];
  readonly late: readonly (() => Promise<void>)[];
}

/** The planner statistics of a copy: the source's own where they came along and fit, gathered anew where not. */
export class Analyses {
  readonly #session: Session;
  readonly #pool: TaskPool;
  readonly #lost: (loss: FidelityLoss) => void;

  /** @param lost is told of each table whose statistics could not be gathered */
  constructor(session: Session, pool: TaskPool, lost: (loss: FidelityLoss) => void) {
    this.#session = session;
    this.#pool = pool;
    this.#lost = lost;
  }

  /**
   * Analyses of tables begin when their indexes are there; those over several tables when nothing locks these any more.
   *
   * @param built settles when all indexes of a table are there
   * @param allLate something that comes after the indexes changes what an analysis reads
   */
  async start(statistics: CarriedStatistics | undefined, built: ReadonlyMap<string, Promise<void>>, allLate: boolean): Promise<StartedAnalyses> {
    const early: Promise<void>[] = [];
    const late: (() => Promise<void>)[] = [];
    for (const task of await planAnalyze(this.#session, { of: 'tables', wanted: neededBy(statistics) })) {
      const start = () => this.#add(task);
      if (task.tree || allLate) late.push(start);
      else early.push(settled(task.tables.map((table) => built.get(table) ?? Promise.resolve())).then(start));
    }
    for (const promise of early) promise.catch(() => {});
    return { early, late };
  }

  /** Puts the source's statistics in their places; returns the analyses of tables for which that couldn't be done. */
  async apply(statistics: CarriedStatistics | undefined): Promise<readonly Promise<void>[]> {
    const unfit = await statistics?.apply(this.#session, 'tables');
    if (unfit === undefined || unfit.size === 0) return [];
    const wanted = ({ schema, name }: { schema: string; name: string }) => unfit.has(qualifiedName(schema, name));
    return (await planAnalyze(this.#session, { of: 'tables', wanted })).map((task) => this.#add(task));
  }

  /** Those of materialized views, which have rows by now. */
  async settleViews(statistics: CarriedStatistics | undefined): Promise<void> {
    await statistics?.apply(this.#session, 'materialized views');
    await settled((await planAnalyze(this.#session, { of: 'materialized views', wanted: neededBy(statistics) })).map((task) => this.#add(task)));
  }

  #add({ statement, tables, weight }: AnalyzeTask): Promise<void> {
    // Much waits for the indexes, and nothing but views for statistics; among themselves the largest go first.
    return this.#pool.add({ weight: weight - Number.MAX_SAFE_INTEGER, run: (session) => this.#analyze(session, statement, tables) });
  }

  async #analyze(session: Session, statement: string, tables: readonly string[]): Promise<void> {
    try {
      await executeRetrying(session, statement);
    } catch (error) {
      if (!(error instanceof SqlError) || /^(08|57|53)/.test(error.fields.sqlstate)) throw error;
      if (tables.length > 1) for (const table of tables) await this.#analyze(session, `analyze ${table}`, [table]);
      else this.#lost(statisticsLoss(tables[0] ?? '', statement, error));
    }
  }
}

function neededBy(statistics: CarriedStatistics | undefined): AnalyzeOptions['wanted'] {
  return statistics === undefined ? undefined : (relation) => statistics.needsAnalyze(relation);
}

function statisticsLoss(table: string, statement: string, error: SqlError): FidelityLoss {
  return {
    object: { kind: 'statistics', name: table },
    message: `planner statistics of ${table} could not be gathered: ${error.fields.message}`,
    cure: 'Read the error; accept the loss in clone.acceptLosses if it does not matter for what is rehearsed.',
    sqlstate: error.fields.sqlstate,
    statement,
  };
}
