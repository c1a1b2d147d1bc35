import { setTimeout as sleep } from 'node:timers/promises';
import { SqlError } from '../core/failure.ts';
import type { Session } from '../core/ports.ts';
import type { TrafficSession } from '../core/traffic.ts';
import { Latencies } from './latencies.ts';

/**
 * A reader that keeps AccessShare on tables, and a snapshot, for a time: a report, a backup, a forgotten console. Whatever needs AccessExclusive on one
 * of them has to wait for it, and everybody else waits behind that.
 *
 * It never waits for a lock itself: with several tables in one transaction it could otherwise be part of a deadlock that the application never has.
 */
export class LongReader {
  readonly #session: Session;
  readonly #tables: readonly string[];
  readonly #seconds: number;
  readonly #repeated: boolean;
  readonly #stop = new AbortController();
  readonly #latencies = new Latencies();
  readonly #left = new Map<string, string>();
  #done: Promise<void> = Promise.resolve();

  /** @param repeated hold again and again, with pauses as long */
  constructor(session: Session, { tables, seconds, repeated }: { tables: readonly string[]; seconds: number; repeated: boolean }) {
    this.#session = session;
    this.#tables = tables;
    this.#seconds = seconds;
    this.#repeated = repeated;
  }

  static nameFor(tables: readonly string[]): string {
    return `long reader of ${tables.length === 1 ? tables[0] : `${tables.length} tables`}`;
  }

  get pid(): number {
    return this.#session.backendPid;
  }

  /** Begins to read, and comes back once the locks are held. Tables that can't be locked, and why, are told. Throws SqlError. */
  async start(): Promise<ReadonlyMap<string, string>> {
    await this.#open();
    const left = new Map(this.#left);
    this.#done = this.#goOn();
    return left;
  }

  /** To be called when its session is closed: waits until its loop has noticed. */
  async ended(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #open(): Promise<void> {
    const limits = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];
    if (this.#session.serverVersionNum >= 170_000) limits.push('transaction_timeout');
    await this.#session.execute(`begin; ${limits.map((name) => `set local ${name} = 0`).join('; ')}`);
    for (const table of this.#tables) await this.#lock(table);
  }

  async #lock(table: string): Promise<void> {
    await this.#session.execute('savepoint one');
    try {
      await this.#session.execute(`lock table ${table} in access share mode nowait`);
      await this.#session.execute('release savepoint one');
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      await this.#session.execute('rollback to savepoint one');
      this.#left.set(table, `${error.fields.message} (SQLSTATE ${error.fields.sqlstate})`);
    }
  }

  async #goOn(): Promise<void> {
    try {
      for (;;) {
        const startedAt = performance.now();
        // A running statement also keeps a snapshot, for which CREATE INDEX CONCURRENTLY waits.
        await this.#session.execute(`select pg_catalog.pg_sleep(${this.#seconds}); commit`);
        this.#latencies.add(performance.now() - startedAt);
        if (!this.#repeated) return;
        await sleep(this.#seconds * 1000, undefined, { signal: this.#stop.signal, ref: false });
        await this.#open();
      }
    } catch (error) {
      // It was told to stop, or its connection was lost: either way it reads no more.
      if (!(error instanceof SqlError) && !this.#stop.signal.aborted) throw error;
    }
  }

  report(): TrafficSession {
    return {
      name: LongReader.nameFor(this.#tables),
      kind: 'long-reader',
      statement: `begin; lock table ${this.#tables.join(', ')} in access share mode; select pg_sleep(${this.#seconds}); commit`,
      pid: this.pid,
      user: this.#session.address.user,
      runs: this.#latencies.count,
      durations: { p50Ms: this.#latencies.quantileMs(0.5), p95Ms: this.#latencies.quantileMs(0.95), maxMs: this.#latencies.maxMs },
      errors: [],
    };
  }
}
