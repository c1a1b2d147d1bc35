import type { TrafficSettings } from '../config/schema.ts';
import { failure, SqlError } from '../core/failure.ts';
import type { Context, Session } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { Address } from '../core/server.ts';
import type { TrafficReport, TrafficSession } from '../core/traffic.ts';
import { quoteLiteral } from '../sql/quote.ts';
import { Canary, type Window } from './canary.ts';
import type { CanaryPlan } from './canary-plan.ts';
import { chooseTables, namesIn, type TablesChosen } from './choose-tables.ts';
import { endSessions } from './end-sessions.ts';
import { LongReader } from './long-reader.ts';
import { planCanaries } from './plan-canaries.ts';
import { readNamedTables, readTrafficTables } from './read-tables.ts';
import { planReplay } from './replay/plan-replay.ts';
import type { ReplayStatement } from './replay/replay-statement.ts';
import { applicationName } from './session-name.ts';
import { isReadWhole, type TableActivity } from './traffic-table.ts';

export interface TrafficOptions {
  /** Superuser access to the clone. */
  readonly admin: Address;
  /** How the application logs in, where its role is known. */
  readonly application?: Address | undefined;
  /** Milliseconds since the recording's start. */
  readonly elapsedMs: () => number;
  readonly settings: TrafficSettings;
  /** Tables that no application uses, such as the migration tool's ledger. */
  readonly except?: readonly string[];
  /** What is about to run: tables that it names come first. */
  readonly scripts?: readonly string[];
  /** How busy tables are in production, where that is known. */
  readonly activity?: readonly TableActivity[];
  /** The application's own statements. */
  readonly replay?: readonly ReplayStatement[];
  /** How long a session may take for its last round, in milliseconds, before it is cancelled; 2,000 unless given. */
  readonly lastRoundMs?: number;
}

/** Readers and writers at work. Leaving an `await using` block ends them, whatever they do. */
export interface Traffic extends AsyncDisposable {
  /** The tables that are read and written, schema-qualified. */
  readonly tables: readonly string[];
  /**
   * Ends the traffic after one more round of each session, and gives what was met; to be called when the migrations are over and before anything is measured on
   * the clone. When it returns, the sessions are gone from the server. Called again, it gives the same.
   *
   * @param migration when statements of the migrations ran; from the start until now unless given
   */
  stop(migration?: readonly Window[]): Promise<TrafficReport>;
}

/**
 * Starts readers, writers and a long reader on the tables that matter. Returns when all of them have worked in peace and the long reader holds its locks,
 * so that the migrations can start at once. What can't be used isn't an error: the report says so.
 *
 * Fails with `traffic-failed` where the clone can't be looked at, and with what connecting to it fails with.
 *
 * @example
 * await using traffic = unwrap(await startTraffic(context, { admin, elapsedMs, settings: settings.traffic, scripts }));
 * await migrate();
 * const report = await traffic.stop(recording.statements);
 */
export async function startTraffic(context: Context, options: TrafficOptions): Promise<Result<Traffic>> {
  const chosen = await choose(context, options);
  if (!chosen.ok) return chosen;
  const running = new RunningTraffic(context, options, chosen.value);
  try {
    await running.start();
    return ok(running);
  } catch (error) {
    await running[Symbol.asyncDispose]();
    throw error;
  }
}

async function choose(context: Context, { admin, settings, except = [], scripts = [], activity = [] }: TrafficOptions): Promise<Result<TablesChosen>> {
  const connected = await context.edge.postgres.connect(admin, { applicationName: 'pgrehearse', signal: context.signal });
  if (!connected.ok) return connected;
  await using session = connected.value;
  try {
    const named = await readNamedTables(session, namesIn(scripts));
    return ok(chooseTables(await readTrafficTables(session), { tables: settings.tables, maxTables: settings.maxTables, except, named, activity }));
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return fail(failure('traffic-failed', `the clone’s tables could not be read: ${error.fields.message}`, { sql: error.fields }));
  }
}

class RunningTraffic implements Traffic {
  readonly tables: readonly string[];
  readonly #context: Context;
  readonly #options: TrafficOptions;
  readonly #partitions: readonly string[];
  readonly #plans: readonly CanaryPlan[];
  readonly #without: TrafficReport['without'][number][];
  readonly #sessions: Session[] = [];
  readonly #canaries: Canary[] = [];
  /** Cancels and closes every session. */
  readonly #end = new AbortController();
  #longReader: LongReader | undefined;
  #startedMs = 0;
  #stopped: Promise<TrafficReport> | undefined;

  constructor(context: Context, options: TrafficOptions, { chosen, unknown }: TablesChosen) {
    this.#context = context;
    this.#options = options;
    this.tables = chosen.map(({ name }) => name);
    this.#partitions = chosen.filter(isReadWhole).flatMap(({ partitions }) => partitions);
    this.#without = unknown.map((table) => ({ table, why: 'the clone has no such table' }));
    this.#plans = [...chosen.flatMap((table) => planCanaries(table, options.settings.everyMs)), ...planReplay(options.replay ?? [])];
  }

  async start(): Promise<void> {
    await Promise.all(this.#plans.map((plan) => this.#startCanary(plan)));
    await this.#startLongReader();
    this.#startedMs = this.#options.elapsedMs();
    for (const canary of this.#canaries) canary.start();
  }

  async #startCanary(plan: CanaryPlan): Promise<void> {
    const what = plan.table ?? plan.name;
    const opened = await this.#open(plan.name);
    if (!opened.ok) {
      this.#without.push({ table: what, why: `${plan.name}: ${opened.failure.message}` });
      return;
    }
    const canary = new Canary(plan, opened.value, this.#options.elapsedMs);
    for (const { statement, why } of await canary.rehearse()) this.#without.push({ table: what, why: `${plan.name}: ${why}: ${statement}` });
    if (canary.isUsable) this.#canaries.push(canary);
    else await opened.value.close();
  }

  async #startLongReader(): Promise<void> {
    const { longReaderSeconds: seconds, longReader } = this.#options.settings;
    if (seconds === 0 || this.tables.length === 0) return;
    const opened = await this.#open(LongReader.nameFor(this.tables));
    if (!opened.ok) {
      this.#without.push({ table: LongReader.nameFor(this.tables), why: opened.failure.message });
      return;
    }
    const reader = new LongReader(opened.value, { tables: this.tables, seconds, repeated: longReader === 'repeated' });
    for (const [table, why] of await reader.start()) this.#without.push({ table, why: `${LongReader.nameFor(this.tables)}: ${why}` });
    this.#longReader = reader;
  }

  async #open(name: string): Promise<Result<Session>> {
    const { admin, application, settings } = this.#options;
    const signal = AbortSignal.any([this.#context.signal, this.#end.signal]);
    const opened = await this.#context.edge.postgres.connect(application ?? admin, { applicationName: applicationName(name), signal });
    if (!opened.ok) return opened;
    this.#sessions.push(opened.value);
    try {
      for (const [key, value] of Object.entries(settings.settings))
        await opened.value.query(`select pg_catalog.set_config(${quoteLiteral(key)}, ${quoteLiteral(value)}, false)`);
      return opened;
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      return fail(failure('traffic-failed', error.fields.message, { sql: error.fields }));
    }
  }

  stop(migration?: readonly Window[]): Promise<TrafficReport> {
    this.#stopped ??= this.#stop(migration);
    return this.#stopped;
  }

  async #stop(migration: readonly Window[] | undefined): Promise<TrafficReport> {
    const { lastRoundMs = 2_000 } = this.#options;
    const windows = migration ?? [{ startedMs: this.#startedMs, endedMs: this.#options.elapsedMs() }];
    await Promise.all(this.#canaries.map((canary) => canary.finish(this.#context.signal.aborted ? 0 : lastRoundMs)));
    await this.#endSessions();
    const reports = this.#canaries.map((canary) => canary.report(windows));
    return {
      sessions: [...reports.map(({ session }) => session), ...(this.#longReader === undefined ? [] : [this.#longReader.report()])]
        .map((session) => this.#asRole(session))
        .sort(byName),
      stalls: reports.flatMap(({ stall }) => stall ?? []).sort((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs)),
      ...(this.#partitions.length === 0 ? {} : { partitions: this.#partitions }),
      without: this.#without.toSorted((a, b) => (a.table < b.table ? -1 : a.table > b.table ? 1 : 0)),
    };
  }

  /** Who becomes the application's role by SET ROLE is that role as far as rights go. */
  #asRole(session: TrafficSession): TrafficSession {
    const { application, settings } = this.#options;
    return application === undefined || settings.role === undefined ? session : { ...session, user: settings.role };
  }

  async #endSessions(): Promise<void> {
    this.#end.abort();
    await Promise.all([...this.#canaries.map((canary) => canary.ended()), this.#longReader?.ended()]);
    await Promise.all(this.#sessions.map((session) => session.close()));
    await endSessions(
      this.#context,
      this.#options.admin,
      this.#sessions.map(({ backendPid }) => backendPid),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#stopped === undefined) await this.#endSessions();
    else await this.#stopped;
  }
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
