import type { LockMode } from '../core/recording.ts';
import type { SideSession } from './side-session.ts';

/** A lock of one of the migration's sessions, for as long as samples showed it. Times are `performance.now()`. */
export interface SampledLock {
  readonly pid: number;
  /** Names the transaction: a lock that is taken again in the next one is another lock. */
  readonly transaction: string;
  readonly relation: number;
  readonly mode: LockMode;
  readonly span: SampledSpan;
}

/** Any session that waited. */
export interface SampledWait {
  readonly pid: number;
  readonly transaction: string;
  readonly relation: number | undefined;
  readonly mode: string;
  readonly applicationName: string;
  readonly query: string;
  blockedBy: readonly number[];
  /** When the server says that the wait began; absent before PostgreSQL 14. */
  startedAt: number | undefined;
  readonly span: SampledSpan;
}

/** Something that began between `notYet` and `first`, and ended between `last` and `gone`. */
export interface SampledSpan {
  readonly notYet: number;
  /** When the sample that showed it first was asked for: the server looked between then and `first`. */
  readonly asked: number;
  readonly first: number;
  last: number;
  gone: number | undefined;
}

export interface Samples {
  readonly locks: readonly SampledLock[];
  readonly waits: readonly SampledWait[];
  /** The longest time between two samples while a statement ran, in milliseconds. */
  readonly longestGapMs: number;
  readonly taken: number;
  readonly missed: number;
}

/** What to look at: asked before each sample. */
export interface Watched {
  /** Sessions that run a statement whose locks nobody else tells of. */
  readonly pids: readonly number[];
  /** Relations whose locks are known already. */
  readonly known: readonly number[];
}

const INTERVAL_MS = 15;
/** Most statements are over before that, and then need no sample. */
const FIRST_AFTER_MS = 6;

/**
 * Looks at the server's lock table again and again while there is something to be seen, at most 20 ms apart if the machine lets it.
 * `clockOffset`: what the server's clock in milliseconds since 1970 is ahead of `performance.now()`.
 */
export class Sampler {
  readonly #side: SideSession;
  readonly #databaseOid: number;
  readonly #clockOffset: number;
  readonly #watched: () => Watched;
  readonly #open = new Map<string, SampledLock | SampledWait>();
  readonly #locks: SampledLock[] = [];
  readonly #waits: SampledWait[] = [];
  #awake = false;
  #stopped = false;
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #wakeNow: (() => void) | undefined;
  #previous = performance.now();
  #longestGapMs = 0;
  #taken = 0;
  #missed = 0;

  constructor(options: { readonly side: SideSession; readonly databaseOid: number; readonly clockOffset: number; readonly watched: () => Watched }) {
    this.#side = options.side;
    this.#databaseOid = options.databaseOid;
    this.#clockOffset = options.clockOffset;
    this.#watched = options.watched;
  }

  /** Samples until `rest`. @param urgent what is about to run tells nothing of its locks itself: the first sample is taken at once. */
  wake(urgent: boolean): void {
    if (this.#stopped) return;
    this.#awake = true;
    if (this.#running === undefined) {
      this.#previous = performance.now();
      this.#running = this.#run(urgent ? 0 : FIRST_AFTER_MS);
    } else if (urgent) this.#wakeNow?.();
  }

  /** Nothing is to be seen: one more sample ends what was open, if anything was. */
  rest(): void {
    this.#awake = false;
    if (this.#open.size === 0) this.#wakeNow?.();
  }

  async stop(): Promise<Samples> {
    this.#stopped = true;
    this.#awake = false;
    this.#wakeNow?.();
    await this.#running;
    const now = performance.now();
    for (const seen of this.#open.values()) seen.span.gone = now;
    this.#open.clear();
    return { locks: this.#locks, waits: this.#waits, longestGapMs: this.#longestGapMs, taken: this.#taken, missed: this.#missed };
  }

  async #run(firstAfterMs: number): Promise<void> {
    await this.#pause(firstAfterMs);
    while (this.#awake || (this.#open.size > 0 && !this.#stopped)) {
      const from = performance.now();
      await this.#sample();
      await this.#pause(Math.max(1, INTERVAL_MS - (performance.now() - from)));
    }
    this.#running = undefined;
  }

  #pause(ms: number): Promise<void> {
    if (ms === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(this.#timer);
        this.#wakeNow = undefined;
        resolve();
      };
      this.#wakeNow = done;
      this.#timer = setTimeout(done, ms);
    });
  }

  async #sample(): Promise<void> {
    const sentAt = performance.now();
    const { pids, known } = this.#watched();
    const rows = await this.#side.try<LockRow>(locksQuery, [pids, JSON.stringify(Object.fromEntries(known.map((oid) => [oid, 1]))), this.#databaseOid]);
    const waiting = rows?.filter(({ granted }) => !granted) ?? [];
    const waiters = waiting.length === 0 ? [] : await this.#side.try<WaiterRow>(waitersQuery, [waiting.map(({ pid }) => pid)]);
    if (rows === undefined || waiters === undefined) {
      this.#missed++;
      this.#longestGapMs = Math.max(this.#longestGapMs, performance.now() - this.#previous);
      return;
    }
    this.#taken++;
    const at = performance.now();
    this.#longestGapMs = Math.max(this.#longestGapMs, at - this.#previous);
    const seen = new Set<string>();
    for (const row of rows) {
      const key = `${row.granted ? 'lock' : 'wait'} ${row.pid} ${row.transaction} ${row.locktype} ${row.relation} ${row.mode}`;
      const waiter = row.granted ? undefined : waiters.find(({ pid }) => pid === row.pid);
      // Between the two queries the wait was over.
      if (!row.granted && waiter === undefined) continue;
      seen.add(key);
      const known = this.#open.get(key);
      if (known === undefined) this.#begin(key, row, waiter, { notYet: this.#previous, asked: sentAt, first: at, last: at, gone: undefined });
      else {
        known.span.last = at;
        if ('blockedBy' in known && waiter !== undefined) {
          if (waiter.blockers.length > known.blockedBy.length) known.blockedBy = waiter.blockers;
          known.startedAt ??= this.#toLocal(row.waitstart);
        }
      }
    }
    for (const [key, value] of this.#open) {
      if (seen.has(key)) continue;
      value.span.gone = at;
      this.#open.delete(key);
    }
    this.#previous = sentAt;
  }

  #begin(key: string, row: LockRow, waiter: WaiterRow | undefined, span: SampledSpan): void {
    const { pid, transaction } = row;
    if (waiter === undefined) {
      const lock: SampledLock = { pid, transaction, relation: row.relation ?? 0, mode: row.mode as LockMode, span };
      this.#locks.push(lock);
      this.#open.set(key, lock);
      return;
    }
    const wait: SampledWait = {
      pid,
      transaction,
      relation: row.relation ?? undefined,
      mode: row.mode,
      applicationName: waiter.application_name,
      query: waiter.query,
      blockedBy: waiter.blockers,
      startedAt: this.#toLocal(row.waitstart),
      span,
    };
    this.#waits.push(wait);
    this.#open.set(key, wait);
  }

  #toLocal(serverMs: number | null): number | undefined {
    return serverMs === null ? undefined : serverMs - this.#clockOffset;
  }
}

interface LockRow {
  readonly pid: number;
  readonly transaction: string;
  readonly locktype: string;
  readonly relation: number | null;
  readonly mode: string;
  readonly granted: boolean;
  readonly waitstart: number | null;
}

/** Everyone who waits for a lock in this database, and the locks of the sessions that are looked at. What is known is an object, in which a look-up is quick. */
const locksQuery = `select l.pid, l.virtualtransaction as transaction, l.locktype, l.relation::pg_catalog.int8::pg_catalog.float8 as relation, l.mode, l.granted,
    case when not l.granted then extract(epoch from (pg_catalog.to_jsonb(l) ->> 'waitstart')::pg_catalog.timestamptz)::pg_catalog.float8 * 1000 end as waitstart
  from pg_catalog.pg_locks l
  where not l.granted
  or (l.pid = any ($1::int[]) and l.locktype = 'relation' and l.database = $3::oid and l.relation >= 16384 and $2::jsonb -> l.relation::text is null)`;

interface WaiterRow {
  readonly pid: number;
  readonly application_name: string;
  readonly query: string;
  readonly blockers: readonly number[];
}

const waitersQuery = `select a.pid, a.application_name, a.query, pg_catalog.pg_blocking_pids(a.pid) as blockers
  from pg_catalog.pg_stat_activity a
  where a.pid = any ($1::int[]) and a.wait_event_type = 'Lock' and a.datname = pg_catalog.current_database()
  order by a.pid`;
