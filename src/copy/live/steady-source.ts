import { setTimeout as delay } from 'node:timers/promises';
import { FailureError, failure, SqlError } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context, Session } from '../../core/ports.ts';
import { readSourceState, type SourceState, stateDifference } from '../dump/source-state.ts';
import { readThrowawayState, type ThrowawayState, throwawayDifference } from '../dump/throwaway-state.ts';
import { sourceSettings } from '../restore/session-settings.ts';
import { holdTables } from './hold-tables.ts';
import { readingSource } from './reading-source.ts';

const mostReconnections = 5;
/** Connections that have held for so long are counted anew: Systems Manager ends each session after an hour, and a copy may take many. */
const longHeldMs = 120_000;

type HeldTables = readonly { readonly schema: string; readonly name: string }[];

/** What shows that a source holds the same data at two moments. */
interface Proof {
  /** A sentence's end where it doesn't; reads in the session's transaction. Throws SqlError. */
  differs(session: Session): Promise<string | undefined>;
}

/**
 * A source that is connected to again when a connection to it is lost, and then shows the very same data: only one that can't change, and which proves it. Of a
 * replica that the team says is at rest: it is still the same cluster, and it gave out no transaction id since the copy began. Of a server that was restored for
 * us, where the cloud itself gives some out: nobody wrote to its tables. Any other source is lost with its snapshot: rows of two must never be mixed.
 */
export class SteadySource implements AsyncDisposable {
  readonly #context: Context;
  readonly #proof: Proof | undefined;
  readonly #own: LiveSource[] = [];
  #tables: HeldTables = [];
  #current: LiveSource;
  #renewing: Promise<LiveSource> | undefined;
  #renewedAt = 0;
  #reconnections = 0;

  private constructor(context: Context, source: LiveSource, proof: Proof | undefined) {
    this.#context = context;
    this.#current = source;
    this.#proof = proof;
  }

  /** Throws FailureError. */
  static async of(context: Context, source: LiveSource): Promise<SteadySource> {
    return new SteadySource(context, source, await readingSource(source, 'reading its state', () => proofFor(source)));
  }

  get current(): LiveSource {
    return this.#current;
  }

  /** Keeps tables from being changed as wholes, now and after each new connection. Throws FailureError. */
  async hold(tables: HeldTables): Promise<void> {
    await this.again((from) => holdTables(from, from.session, tables));
    this.#tables = tables;
  }

  /** Reads something, from its start again where the connection was lost and the source could be had again. Throws FailureError. */
  async read<T>(doing: string, work: (from: LiveSource) => Promise<T>, stop?: AbortSignal): Promise<T> {
    return await this.again((from) => readingSource(from, doing, () => work(from)), stop);
  }

  /**
   * The same for work that tells failures of the source as such by itself.
   *
   * @param stop whoever was stopped has no loss to get over
   */
  async again<T>(work: (from: LiveSource) => Promise<T>, stop?: AbortSignal): Promise<T> {
    for (;;) {
      const from = this.#current;
      try {
        return await work(from);
      } catch (error) {
        if (stop?.aborted === true || !(await this.#survives(error, from))) throw this.#explain(error);
      }
    }
  }

  /** After the rows, when only the session that holds the snapshot is left: has it again, should it have gone meanwhile; once more proves what was proven. */
  async check(): Promise<void> {
    const renewed = this.#reconnections > 0;
    const difference = await this.read('looking whether it is still there', async ({ session }) => {
      await session.query('select 1');
      return renewed ? await this.#proof?.differs(session) : undefined;
    });
    if (difference !== undefined) throw this.#otherData(difference);
  }

  /** Whether the source can be had again after an error; waits, and connects. Throws what tells more than the error. */
  async #survives(error: unknown, used: LiveSource): Promise<boolean> {
    if (this.#proof === undefined || this.#context.signal.aborted || !isLoss(error)) return false;
    // Another worker has been here already.
    if (used !== this.#current) return true;
    this.#renewing ??= this.#renew(this.#proof, error.failure.message).finally(() => {
      this.#renewing = undefined;
    });
    this.#current = await this.#renewing;
    return true;
  }

  /** A production that goes on can't be read on: whoever only hears of a lost connection would wonder why it wasn't made again. */
  #explain(error: unknown): unknown {
    if (this.#proof !== undefined || this.#context.signal.aborted || !isLoss(error) || error.failure.code !== 'source-lost') return error;
    const { failure: lost } = error;
    return new FailureError({ ...lost, message: `${lost.message} Its snapshot is gone with it: what is read later may be other data.` });
  }

  #otherData(difference: string): FailureError {
    return new FailureError(failure('source-lost', `${this.#current.facts.label} was lost, and what it shows now may be other data: ${difference}.`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#own.map((source) => source.session.close()));
  }

  async #renew(proof: Proof, reason: string): Promise<LiveSource> {
    const { label } = this.#current.facts;
    if (performance.now() - this.#renewedAt > longHeldMs) this.#reconnections = 0;
    for (let last = reason; ; ) {
      if (this.#reconnections === mostReconnections) {
        throw new FailureError(failure('source-lost', `${label} was lost again and again, ${mostReconnections} times: ${last}`));
      }
      const seconds = 2 ** this.#reconnections++;
      const text = `${last} Connecting again in ${seconds} s (${this.#reconnections} of ${mostReconnections}); finished tables stay.`;
      this.#context.emit({ type: 'step', phase: 'provision', text });
      await delay(seconds * 1000, undefined, { signal: this.#context.signal });
      const opened = await this.#open(proof);
      if (typeof opened !== 'string') {
        this.#renewedAt = performance.now();
        return opened;
      }
      last = opened;
    }
  }

  /** A session at a new snapshot that is proven to show what the old one showed; a sentence when there is no connection yet. */
  async #open(proof: Proof): Promise<LiveSource | string> {
    const { address } = this.#current;
    const connected = await this.#context.edge.postgres.connect(address, {
      applicationName: 'pgrehearse source',
      signal: this.#context.signal,
      readOnly: { statementTimeoutMs: 300_000, lockTimeoutMs: 10_000 },
    });
    if (!connected.ok) {
      if (connected.failure.code === 'source-unreachable') return `${connected.failure.message}.`;
      throw new FailureError(connected.failure);
    }
    const session = connected.value;
    const source = { ...this.#current, session };
    this.#own.push(source);
    try {
      await session.execute(sourceSettings(session.serverVersionNum, 'UTF8'));
      await session.execute('begin transaction isolation level repeatable read, read only');
      const [row] = await session.query<{ id: string }>('select pg_catalog.pg_export_snapshot() as id');
      const difference = await proof.differs(session);
      if (difference !== undefined) throw this.#otherData(difference);
      await holdTables(source, session, this.#tables);
      return { ...source, snapshotId: row?.id ?? '' };
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      return `${error.fields.message}.`;
    }
  }
}

function isLoss(error: unknown): error is FailureError {
  return error instanceof FailureError && ['source-lost', 'source-unreachable'].includes(error.failure.code);
}

async function proofFor({ unchanging, restoredForUs, session }: LiveSource): Promise<Proof | undefined> {
  if (restoredForUs === true) {
    const before: ThrowawayState = await readThrowawayState(session);
    return { differs: async (now) => throwawayDifference(before, await readThrowawayState(now)) };
  }
  if (unchanging !== true) return undefined;
  const before: SourceState = await readSourceState(session);
  return { differs: async (now) => stateDifference(before, await readSourceState(now)) };
}
