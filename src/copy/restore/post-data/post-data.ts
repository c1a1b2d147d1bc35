import { SqlError } from '../../../core/failure.ts';
import type { Context, Session } from '../../../core/ports.ts';
import type { Address } from '../../../core/server.ts';
import { qualifiedName } from '../../../sql/quote.ts';
import type { CarriedStatistics } from '../../statistics/carried-statistics.ts';
import type { ErrorClass } from '../classify-error.ts';
import { executeRetrying } from '../execute-retrying.ts';
import { fillViews } from '../fill-views.ts';
import { judgeError, type Restore } from '../restore.ts';
import { inBatches, runBatch } from '../run-batch.ts';
import { openTarget } from '../session-settings.ts';
import { settled } from '../settled.ts';
import { TaskPool } from '../task-pool.ts';
import { Analyses } from './analyses.ts';
import { brokenForeignKey } from './broken-foreign-key.ts';
import { type Build, type ForeignKey, type Placed, type PostDataPlan, planPostData } from './plan-post-data.ts';
import { readTableSizes } from './read-table-sizes.ts';
import { readTableTrees } from './read-table-trees.ts';

export interface PostDataOptions {
  /** Sessions that work side by side once all rows are there. */
  readonly jobs: number;
  /** Sessions that work while rows are still coming; as many as `jobs` unless told. */
  readonly jobsWhileLoading?: number;
  /** Runs what has to keep its order, and keeps what was lost. */
  readonly restore: Restore;
  /** Bytes of each table, by `schema.table` (quoted where needed): the largest go first. Unless given, they are asked of the copy. */
  readonly sizes?: ReadonlyMap<string, number>;
  /** `REFRESH MATERIALIZED VIEW` statements, besides those among the post-data statements. */
  readonly views?: readonly string[];
  /** Lines of the script, by the statements' places: for messages. */
  readonly lines?: readonly number[];
  /** False: no planner statistics are gathered. */
  readonly analyze?: boolean;
}

/** Session-bound, and known only once the rows are there. */
export interface FinishOptions {
  /** Planner statistics of the source, staged in PostData's own session: what has them isn't analysed. */
  readonly statistics?: CarriedStatistics | undefined;
}

/** Tables up to this size share a round trip; larger ones have one for each index. */
const smallBytes = 2 * 1024 * 1024;
const buildsAtOnce = 40;

/**
 * Builds everything that comes after the rows: indexes and constraints side by side, the largest first, then triggers, policies and the like in
 * the dump's order, then foreign keys and planner statistics side by side. What needs only one table can start as soon as that table has its rows.
 *
 * What fails is judged as by Restore; a statement that came too early, because another one that it needs wasn't recognised, is tried again in
 * the dump's own order. Throws FailureError and SqlError; then nothing of it runs on.
 *
 * @example
 * await using post = await PostData.start(context, target, session, statements, { jobs: 2, restore });
 * post.tableLoaded('public', 'invoice');
 * await post.finish();
 */
export class PostData implements AsyncDisposable {
  readonly #session: Session;
  readonly #plan: PostDataPlan;
  readonly #options: PostDataOptions;
  readonly #pool: TaskPool;
  /** Builds that haven't begun, by table. */
  readonly #waiting: Map<string, readonly Build[]>;
  /** Settles when all indexes of the table are there. */
  readonly #built = new Map<string, Promise<void>>();
  /** Rows are still coming. */
  #loading = true;
  #small: Build[] = [];
  #smallDone = Promise.withResolvers<void>();
  /** Came too early: run again in the dump's order. */
  readonly #again = new Map<number, Placed>();
  readonly #judged: { readonly place: number; readonly judged: Exclude<ErrorClass, { kind: 'fatal' }> }[] = [];

  private constructor(context: Context, target: Address, session: Session, plan: PostDataPlan, options: PostDataOptions) {
    this.#session = session;
    this.#plan = plan;
    this.#options = options;
    this.#pool = new TaskPool(context, options.jobsWhileLoading ?? options.jobs, (stoppable) => openTarget(stoppable, target, 'silent'));
    const byTable = Map.groupBy(plan.inOrder ? [] : plan.builds.filter((build) => !build.needsAllRows), (build) => build.table);
    this.#waiting = new Map(byTable);
    this.#smallDone.promise.catch(() => {});
  }

  /** @param session a superuser's session on the target, as `restore` has it; the tables are there. */
  static async start(context: Context, target: Address, session: Session, statements: readonly string[], options: PostDataOptions): Promise<PostData> {
    const sizes = options.sizes ?? (await readTableSizes(session));
    const plan = planPostData(statements, await readTableTrees(session), session.serverVersionNum);
    const post = new PostData(context, target, session, plan, { ...options, sizes });
    if (!plan.inOrder) await post.#runEarly(session, plan.statistics);
    return post;
  }

  /** All rows of a table are there, and committed: its indexes may be built. A partitioned table's rows are those of its partitions. */
  tableLoaded(schema: string, name: string): void {
    const table = qualifiedName(schema, name);
    const builds = this.#waiting.get(table);
    if (builds === undefined) return;
    this.#waiting.delete(table);
    this.#begin(table, builds);
  }

  /** No more rows will come: what is built from now on has all processors. Call it before the last table's tableLoaded. */
  rowsEnd(): void {
    this.#loading = false;
    this.#pool.size = this.#options.jobs;
  }

  /** All rows are there: does the rest, and ends when all is done. */
  async finish({ statistics }: FinishOptions = {}): Promise<void> {
    const { inOrder, builds, ordered, validations, wholeForeignKeys, late } = this.#plan;
    const { restore, analyze = true } = this.#options;
    this.rowsEnd();
    if (inOrder) {
      await this.#runAll(this.#everything());
      await this.#fillViews();
      if (analyze) await this.#session.execute('analyze');
      for (const relations of ['tables', 'materialized views'] as const) await statistics?.apply(this.#session, relations);
      return;
    }
    for (const [table, waiting] of this.#waiting) this.#begin(table, waiting);
    this.#waiting.clear();
    for (const [table, waiting] of Map.groupBy(
      builds.filter((build) => build.needsAllRows),
      (build) => build.table,
    )) {
      const before = this.#built.get(table) ?? Promise.resolve();
      this.#follow(
        table,
        before.then(() => this.#build(table, waiting)),
      );
    }
    this.#flushSmall();

    const analyses = new Analyses(this.#session, this.#pool, (loss) => this.#judged.push({ place: Number.MAX_SAFE_INTEGER, judged: { kind: 'loss', loss } }));
    const setsTargets = ordered.some(({ statement }) => /^alter\s+index\b[^']*\sset\s+statistics\b/is.test(statement));
    const started = analyze ? await analyses.start(statistics, this.#built, setsTargets) : { early: [], late: [] };
    await settled([...this.#built.values()]);
    await this.#runAll(byPlace([...ordered, ...this.#again.values()]));
    // Indexes count a table's rows anew, and other statements write into its line of the catalog: nothing of that comes any more.
    const unfit = await analyses.apply(statistics);

    const analysed = [...started.early, ...started.late.map((start) => start()), ...unfit];
    const checked = [
      // Those of one table one after the other: Postgres numbers the names of their parts.
      ...[...Map.groupBy(wholeForeignKeys, (key) => key.table).values()].map((keys) => this.#foreignKeys(keys)),
      ...validations.map((key) => this.#foreignKeys([key])),
    ];
    // A view is filled by a query, which is planned by its tables' statistics.
    await settled(analysed);
    await this.#fillViews();
    if (analyze) await analyses.settleViews(statistics);
    await settled(checked);
    await this.#runAll(late);
    for (const { judged } of this.#judged.sort((left, right) => left.place - right.place)) {
      if (judged.kind === 'loss') restore.losses.push(judged.loss);
      else restore.harmless.push(judged.note);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#pool[Symbol.asyncDispose]();
  }

  async #fillViews(): Promise<void> {
    const { restore, views = [] } = this.#options;
    await fillViews(this.#session, [...views, ...restore.takeRefreshes()], {
      run: (work) => this.#pool.add({ weight: Number.MAX_SAFE_INTEGER, run: work }),
      judge: (statement, error) => restore.judge(statement, error),
    });
  }

  async #runAll(items: readonly Placed[]): Promise<void> {
    const { restore, lines = [] } = this.#options;
    await restore.runAll(
      items.map((item) => item.text),
      items.map((item) => lines[item.place]),
    );
  }

  #everything(): readonly Placed[] {
    const { statistics, builds, ordered, wholeForeignKeys, late } = this.#plan;
    return byPlace([...statistics, ...builds, ...ordered, ...wholeForeignKeys, ...late]).map((item) => ({ ...item, text: item.statement }));
  }

  #begin(table: string, builds: readonly Build[]): void {
    if (this.#sizeOf(table) > smallBytes) {
      this.#follow(table, this.#build(table, builds));
      return;
    }
    this.#small.push(...builds);
    this.#follow(table, this.#smallDone.promise);
    if (this.#small.length >= buildsAtOnce) this.#flushSmall();
  }

  /** An error ends the pool, and comes to light in `finish`: until then nobody may be waiting for it. */
  #follow(table: string, built: Promise<void>): void {
    built.catch(() => {});
    this.#built.set(table, built);
  }

  /** Builds of small tables: many in one round trip. */
  #flushSmall(): void {
    const builds = this.#small;
    const done = this.#smallDone;
    this.#small = [];
    this.#smallDone = Promise.withResolvers();
    this.#smallDone.promise.catch(() => {});
    const texts = [...builds, ...constraintsOf(builds)];
    if (texts.length === 0) done.resolve();
    else this.#pool.add({ weight: smallBytes, run: (session) => this.#runEarly(session, texts) }).then(done.resolve, done.reject);
  }

  /** A large table's builds: side by side where they let each other, then its constraints. */
  async #build(table: string, builds: readonly Build[]): Promise<void> {
    const weight = this.#sizeOf(table);
    const run = async (session: Session, items: readonly Placed[]) => {
      // Workers of one build's own cost more than they win while other builds could have the processors.
      const helpers = this.#loading || this.#pool.waitingWeight > weight / 2 ? '0' : 'default';
      await session.execute(`set max_parallel_maintenance_workers = ${helpers}`);
      await this.#runEarly(session, items);
    };
    const add = (items: readonly Placed[]) => this.#pool.add({ weight, run: (session) => run(session, items) });
    const alone = builds.filter((build) => build.alone);
    const others = builds.filter((build) => !build.alone);
    // One that takes the table for itself would only wait for the others, or make them wait.
    if (alone.length > 0) await add(alone);
    await settled(others.map((build) => add([build])));
    const constraints = constraintsOf(others);
    if (constraints.length > 0) await add(constraints);
  }

  #foreignKeys(keys: readonly ForeignKey[]): Promise<void> {
    const run = async (session: Session) => {
      for (const key of keys) await this.#foreignKey(session, key);
    };
    return this.#pool.add({ weight: this.#sizeOf(keys[0]?.table ?? '') / 2, run });
  }

  async #foreignKey(session: Session, key: ForeignKey): Promise<void> {
    try {
      await executeRetrying(session, key.text);
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      const loss = brokenForeignKey(key, error);
      if (loss === undefined) this.#judge(key, error);
      else this.#judged.push({ place: key.place, judged: { kind: 'loss', loss } });
    }
  }

  /** What isn't there yet may come with a statement whose kind wasn't foreseen: then this one is run again, in the dump's order. */
  async #runEarly(session: Session, items: readonly Placed[]): Promise<void> {
    const heard = (item: Placed, error: SqlError) => {
      if (!error.fields.sqlstate.startsWith('42')) this.#judge(item, error);
      else if (!this.#again.has(item.place)) this.#again.set(item.place, item);
    };
    for (const batch of inBatches(items)) await runBatch(session, batch, (item) => item.text, heard);
  }

  #judge({ place, statement }: Placed, error: SqlError): void {
    this.#judged.push({ place, judged: judgeError(statement, error, this.#options.lines?.[place]) });
  }

  #sizeOf(table: string): number {
    return this.#options.sizes?.get(table) ?? 0;
  }
}

function byPlace<T extends Placed>(items: readonly T[]): readonly T[] {
  return items.toSorted((left, right) => left.place - right.place);
}

/** What makes constraints of indexes that were built apart. */
function constraintsOf(builds: readonly Build[]): readonly Placed[] {
  return builds.flatMap(({ constraint, ...build }) => (constraint === undefined ? [] : [{ ...build, text: constraint }]));
}
