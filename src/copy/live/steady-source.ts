import { setTimeout as delay } from 'node:timers/promises';
import { FailureError, failure, SqlError } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import { readSourceState, type SourceState, stateDifference } from '../dump/source-state.ts';
import { sourceSettings } from '../restore/session-settings.ts';
import { holdTables } from './hold-tables.ts';

const mostReconnections = 5;

/**
 * A source that is connected to again when a connection to it is lost, and then shows the very same data: only one of which the team says that
 * it can't change, and which proves it. It is still the same cluster, and it gave out no transaction id since the copy began. Any other source
 * is lost with its snapshot: rows of two snapshots must never be mixed.
 */
export class SteadySource implements AsyncDisposable {
  readonly #context: Context;
  readonly #tables: readonly { readonly schema: string; readonly name: string }[];
  readonly #state: SourceState | undefined;
  readonly #own: LiveSource[] = [];
  #current: LiveSource;
  #renewing: Promise<LiveSource> | undefined;
  #reconnections = 0;

  private constructor(
    context: Context,
    source: LiveSource,
    tables: readonly { readonly schema: string; readonly name: string }[],
    state: SourceState | undefined,
  ) {
    this.#context = context;
    this.#current = source;
    this.#tables = tables;
    this.#state = state;
  }

  /** @param tables those that are held, and are held again. Throws SqlError. */
  static async of(context: Context, source: LiveSource, tables: readonly { readonly schema: string; readonly name: string }[]): Promise<SteadySource> {
    return new SteadySource(context, source, tables, source.unchanging === true ? await readSourceState(source.session) : undefined);
  }

  get current(): LiveSource {
    return this.#current;
  }

  /** Whether the source can be had again after an error; waits, and connects. Throws what tells more than the error. */
  async survives(error: unknown, used: LiveSource): Promise<boolean> {
    if (this.#state === undefined || this.#context.signal.aborted) return false;
    if (!(error instanceof FailureError) || !['source-lost', 'source-unreachable'].includes(error.failure.code)) return false;
    // Another worker has been here already.
    if (used !== this.#current) return true;
    this.#renewing ??= this.#renew(this.#state, error.failure.message).finally(() => {
      this.#renewing = undefined;
    });
    this.#current = await this.#renewing;
    return true;
  }

  /** After the rows, when only the session that holds the snapshot is left: has it again, should it have gone meanwhile. */
  async check(): Promise<LiveSource> {
    const used = this.#current;
    try {
      await used.session.query('select 1');
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      const lost = new FailureError(failure('source-lost', `The connection to ${used.facts.label} was lost: ${error.fields.message}.`, { sql: error.fields }));
      if (!(await this.survives(lost, used))) throw lost;
    }
    return this.#current;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#own.map((source) => source.session.close()));
  }

  async #renew(before: SourceState, reason: string): Promise<LiveSource> {
    const { label } = this.#current.facts;
    for (let last = reason; ; ) {
      if (this.#reconnections === mostReconnections) {
        throw new FailureError(failure('source-lost', `${label} was lost again and again, ${mostReconnections} times: ${last}`));
      }
      const seconds = 2 ** this.#reconnections++;
      const text = `${last} Connecting again in ${seconds} s (${this.#reconnections} of ${mostReconnections}); finished tables stay.`;
      this.#context.emit({ type: 'step', phase: 'provision', text });
      await delay(seconds * 1000, undefined, { signal: this.#context.signal });
      const opened = await this.#open(before);
      if (typeof opened !== 'string') return opened;
      last = opened;
    }
  }

  /** A session at a new snapshot that is proven to show what the old one showed; a sentence when there is no connection yet. */
  async #open(before: SourceState): Promise<LiveSource | string> {
    const { address, facts } = this.#current;
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
      const difference = stateDifference(before, await readSourceState(session));
      if (difference !== undefined) {
        throw new FailureError(failure('source-lost', `${facts.label} was lost, and what it shows now may be other data: ${difference}.`));
      }
      await holdTables(source, session, this.#tables);
      return { ...source, snapshotId: row?.id ?? '' };
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      return `${error.fields.message}.`;
    }
  }
}
