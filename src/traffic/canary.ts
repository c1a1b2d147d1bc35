import { setTimeout as sleep } from 'node:timers/promises';
import { SqlError } from '../core/failure.ts';
import type { Session } from '../core/ports.ts';
import type { Stall, TrafficError, TrafficSession } from '../core/traffic.ts';
import type { CanaryPlan, CanaryStatement } from './canary-plan.ts';
import { Latencies } from './latencies.ts';

/** When statements of the migrations ran, in milliseconds since the recording's start. */
export interface Window {
  readonly startedMs: number;
  readonly endedMs: number;
}

/** Runs before the migrations, by which it is known what works in peace and how fast. */
const peaceRounds = 5;
/** What takes longer than this before anything else runs is no canary, in milliseconds. */
const peacePatienceMs = 5_000;
/** Of so many runs the times are kept, so that memory has a bound; of later ones only how long they took. */
const timesKept = 50_000;
/** A run is a stall only if it took longer than this, and far longer than in peace. */
const stallMs = 100;
const stallTimesPeace = 10;

/** What couldn't be used, and why. */
export interface Unusable {
  readonly statement: string;
  readonly why: string;
}

/** One session of traffic: does its statements round after round until it is told to stop. */
export class Canary {
  readonly plan: CanaryPlan;
  readonly #session: Session;
  readonly #elapsedMs: () => number;
  readonly #wake = new AbortController();
  readonly #latencies = new Latencies();
  readonly #errors = new Map<string, { -readonly [Key in keyof TrafficError]: TrafficError[Key] }>();
  /** Beginnings and ends, in turn. */
  readonly #times: number[] = [];
  #statements: readonly CanaryStatement[] = [];
  #peaceMs = 0;
  #worst: (Window & { readonly statement: string; readonly unfinished?: true }) | undefined;
  #running: { readonly startedMs: number; readonly statement: string } | undefined;
  #state: 'running' | 'last-round' | 'ended' = 'running';
  #done: Promise<void> = Promise.resolve();

  constructor(plan: CanaryPlan, session: Session, elapsedMs: () => number) {
    this.plan = plan;
    this.#session = session;
    this.#elapsedMs = elapsedMs;
  }

  get pid(): number {
    return this.#session.backendPid;
  }

  /** A canary that fails in peace is none: tells what had to be left out. Whether anything is left is what `isUsable` says. */
  async rehearse(): Promise<readonly Unusable[]> {
    const unusable: Unusable[] = [];
    try {
      await this.#session.execute(`set statement_timeout = ${peacePatienceMs}`);
      this.#statements = await this.plan.prepare(this.#session);
    } catch (error) {
      return [{ statement: this.plan.name, why: reasonOf(error) }];
    }
    const works: CanaryStatement[] = [];
    for (const statement of this.#statements) {
      try {
        for (let round = 0; round < peaceRounds; round++) {
          const startedAt = performance.now();
          await statement.run(this.#session);
          this.#peaceMs = Math.max(this.#peaceMs, performance.now() - startedAt);
        }
        works.push(statement);
      } catch (error) {
        unusable.push({ statement: statement.text, why: reasonOf(error) });
        await this.#recover(statement);
      }
    }
    this.#statements = works;
    // Back to what its role has.
    await this.#session.execute('reset statement_timeout').catch(() => {});
    return unusable;
  }

  get isUsable(): boolean {
    return this.#statements.length > 0;
  }

  start(): void {
    this.#done = this.#goOn();
  }

  /**
   * One more round that begins after this call, so that what the migrations left behind is met; then it ends. A round that doesn't end within
   * the time given is left to whoever closes the session.
   */
  async finish(patienceMs: number): Promise<void> {
    if (this.#state === 'running') this.#state = 'last-round';
    this.#wake.abort();
    await Promise.race([this.#done, sleep(patienceMs, undefined, { ref: false })]);
    this.#end();
  }

  /** To be called when its session is closed: waits until its loop has noticed. */
  async ended(): Promise<void> {
    this.#end();
    await this.#done;
  }

  #end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#wake.abort();
    // Somebody who still waits has stalled until now at least.
    if (this.#running !== undefined) this.#took({ ...this.#running, endedMs: this.#elapsedMs(), unfinished: true });
  }

  async #goOn(): Promise<void> {
    for (;;) {
      const last = this.#state !== 'running';
      await this.#round();
      if (last || this.#state === 'ended') return;
      await sleep(this.plan.everyMs, undefined, { signal: this.#wake.signal, ref: false }).catch(() => {});
    }
  }

  async #round(): Promise<void> {
    for (const statement of this.#statements) {
      if (this.#state === 'ended') return;
      const startedMs = this.#elapsedMs();
      this.#running = { startedMs, statement: statement.text };
      const error = await statement.run(this.#session).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      this.#running = undefined;
      // What was ended by us is no error of the application's.
      if (this.#isEnded()) return;
      this.#took({ startedMs, endedMs: this.#elapsedMs(), statement: statement.text });
      if (error !== undefined) await this.#failed(statement, error);
    }
  }

  /** A method, so that the compiler doesn’t believe that the state is still what it was before a wait. */
  #isEnded(): boolean {
    return this.#state === 'ended';
  }

  #took(run: Window & { readonly statement: string; readonly unfinished?: true }): void {
    const { startedMs, endedMs } = run;
    this.#latencies.add(endedMs - startedMs);
    if (this.#times.length < timesKept * 2) this.#times.push(startedMs, endedMs);
    if (this.#worst === undefined || endedMs - startedMs > this.#worst.endedMs - this.#worst.startedMs) this.#worst = run;
  }

  async #failed(statement: CanaryStatement, error: unknown): Promise<void> {
    if (!(error instanceof SqlError)) throw error;
    const { sqlstate, message } = error.fields;
    const several = this.#statements.length > 1;
    const key = JSON.stringify([sqlstate, message, statement.text]);
    const known = this.#errors.get(key);
    if (known !== undefined) known.count++;
    else {
      const firstMs = this.#elapsedMs();
      this.#errors.set(key, { sqlstate, message, count: 1, firstMs, ...(several ? { statement: statement.text } : {}) });
    }
    // A lost connection isn't opened again: its statements end here, and the error says so.
    if (/^(08|57P)/.test(sqlstate)) this.#end();
    else await this.#recover(statement);
  }

  async #recover({ afterError }: CanaryStatement): Promise<void> {
    if (afterError !== undefined) await this.#session.execute(afterError).catch(() => {});
  }

  /** @param windows when statements of the migrations ran */
  report(windows: readonly Window[]): { readonly session: TrafficSession; readonly stall: Stall | undefined } {
    const { kind, name, table, callsPerHour } = this.plan;
    const worst = this.#worst;
    const durationMs = worst === undefined ? 0 : worst.endedMs - worst.startedMs;
    const about = table === undefined ? {} : { table };
    return {
      session: {
        name,
        kind,
        ...about,
        statement: this.#statements.map(({ text }) => text).join(';\n'),
        pid: this.pid,
        ...(callsPerHour === undefined ? {} : { callsPerHour }),
        user: this.#session.address.user,
        runs: this.#latencies.count,
        overlapped: overlaps(this.#times, windows),
        peaceMs: this.#peaceMs,
        durations: { p50Ms: this.#latencies.quantileMs(0.5), p95Ms: this.#latencies.quantileMs(0.95), maxMs: this.#latencies.maxMs },
        errors: [...this.#errors.values()],
      },
      stall:
        worst === undefined || durationMs < Math.max(stallMs, stallTimesPeace * this.#peaceMs)
          ? undefined
          : {
              session: name,
              ...about,
              statement: worst.statement,
              fromMs: worst.startedMs,
              toMs: worst.endedMs,
              ...(worst.unfinished === undefined ? {} : { unfinished: worst.unfinished }),
              chain: [],
            },
    };
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof SqlError)) throw error;
  return `${error.fields.message} (SQLSTATE ${error.fields.sqlstate})`;
}

/** How many of the runs, given as beginnings and ends in turn, ran at the same time as one of the windows. */
export function overlaps(times: readonly number[], windows: readonly Window[]): number {
  const merged: { startedMs: number; endedMs: number }[] = [];
  for (const { startedMs, endedMs } of windows.toSorted((a, b) => a.startedMs - b.startedMs)) {
    const last = merged.at(-1);
    if (last !== undefined && startedMs <= last.endedMs) last.endedMs = Math.max(last.endedMs, endedMs);
    else merged.push({ startedMs, endedMs });
  }
  let count = 0;
  let at = 0;
  // Both are in the order of time.
  for (let run = 0; run + 1 < times.length; run += 2) {
    const [began, ended] = [times[run] ?? 0, times[run + 1] ?? 0];
    while (at < merged.length && (merged[at]?.endedMs ?? 0) < began) at++;
    const next = merged[at];
    if (next !== undefined && next.startedMs <= ended) count++;
  }
  return count;
}
