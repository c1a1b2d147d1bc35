import { setTimeout as sleep } from 'node:timers/promises';
import { SqlError } from '../../core/failure.ts';
import type { ForeignSession, IsolationReport } from '../../core/isolation.ts';
import type { Context, Edge, Session } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import type { Admitted } from '../../record/proxy/start-pass-through.ts';
import { type CloneState, readCloneState } from './clone-state.ts';
import type { KnownSessions } from './known-sessions.ts';
import { countSessions, readSessions, type SeenSession } from './read-sessions.ts';

const lookEveryMs = 500;
/** Sessions that have just been closed are counted when they are gone from the list, which takes a moment. */
const quietWithinMs = 1_000;
const oursWithinMs = 200;
const quietLookMs = 10;

/**
 * Watches one clone from when it was complete: which sessions there are that this run didn't open, and, where the server counts them, whether there were more than
 * this run opened. One look costs about a millisecond.
 *
 * The count can't miss a session, however short, and doesn't say whose it was; the looks do, and may miss it.
 */
export class IsolationWatch implements AsyncDisposable {
  readonly address: Address;
  readonly #session: Session;
  readonly #known: KnownSessions;
  readonly #now: () => Date;
  readonly #fromTime: string;
  readonly #foreign = new Map<string, Stranger>();
  readonly #landlords: ReadonlySet<string>;
  /** What the cloud’s own superuser had here. */
  readonly #ofCloud = new Map<string, SeenSession>();
  /** How many of these came since counting began, and were counted. */
  #cloudCounted = 0;
  #earlier: readonly ForeignSession[] = [];
  readonly #gaps = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  /** Looks follow each other: a session does one thing at a time, and a disposal waits for the last one. */
  #tail: Promise<void> = Promise.resolve();
  #looks = 0;
  #ours = 0;
  #counted: number | undefined;
  #excess = 0;
  #base: { readonly counted: number | undefined; readonly attempts: number; readonly certain: number } = { counted: undefined, attempts: 0, certain: 0 };
  /** When the server's counters were set back for the last time. */
  #resetAt: string | undefined;
  #certain = 0;
  /** What had been counted when counting began anew. */
  #countedBefore = 0;
  #oursBefore = 0;
  #certainBefore = 0;
  #excessBefore = 0;
  #proven = false;
  /** Sessions that nobody is certain of, once the count was balanced. */
  #unexplained = 0;
  #ofPrograms = 0;
  /** Those that nobody knows and that are there when all that this run has started has ended: a session that has just come may not be counted yet. */
  readonly #staying = new Set<string>();

  private constructor(session: Session, known: KnownSessions, now: () => Date, landlords: ReadonlySet<string>) {
    this.#landlords = landlords;
    this.address = session.address;
    this.#session = session;
    this.#known = known;
    this.#now = now;
    this.#fromTime = now().toISOString();
  }

  /**
   * Begins to watch, and shows that a stranger would be seen: one comes as a stranger would, is looked for, and goes.
   *
   * @param outside the world as it is without this run's counting: what comes that way is a stranger
   * @param landlords roles that nobody but the cloud can be; empty where the server is ours alone
   */
  static async start(context: Context, known: KnownSessions, outside: Edge, address: Address, landlords: ReadonlySet<string>): Promise<Result<IsolationWatch>> {
    const connected = await context.edge.postgres.connect(address, { applicationName: 'pgrehearse isolation' });
    if (!connected.ok) return connected;
    const watch = new IsolationWatch(connected.value, known, context.now, landlords);
    await watch.#carefully(async () => {
      await watch.#rebase();
      watch.#earlier = watch.#strangers().map(asForeign);
      watch.#foreign.clear();
      await watch.#prove(outside);
    });
    watch.#timer = setInterval(() => void watch.#look(), lookEveryMs).unref();
    return ok(watch);
  }

  /** What the clone is at, for the record: where its log stands. */
  async state(): Promise<CloneState | undefined> {
    return await this.#inTurn(() => readCloneState(this.#session));
  }

  /**
   * What was seen so far.
   *
   * @param last true: at the end, when no session of this run is open any more but those that are known by their process
   */
  async report(last: boolean): Promise<IsolationReport> {
    await this.#inTurn(async () => {
      if (last) await this.#untilQuiet();
      const present = await this.#see();
      if (last) for (const one of present) this.#staying.add(keyOf(one));
      await this.#count();
      if (last) await this.#balance();
    });
    return {
      ...{ fromTime: this.#fromTime, untilTime: this.#now().toISOString(), database: this.address.database, ours: this.#ours, looks: this.#looks },
      ...(this.#counted === undefined ? {} : { counted: this.#counted }),
      ofPrograms: this.#ofPrograms,
      ...(this.#ofCloud.size === 0 ? {} : { ofCloud: [...this.#ofCloud.values()].map(asForeign) }),
      foreign: this.#strangers()
        .filter((one) => this.#isForeign(one) && !this.#earlier.some(({ pid, since }) => pid === one.pid && since === one.since))
        .map(asForeign),
      earlier: this.#earlier,
      ...{ excess: this.#strange(this.#excess), proven: this.#proven, gaps: [...this.#gaps] },
    };
  }

  /** Those that were seen and aren't known by now: a look may well find a session before whoever opened it is told its process. */
  #strangers(): readonly SeenSession[] {
    return [...this.#foreign.values()].filter(({ session, seenAt }) => !this.#known.knows(this.address, session.pid, seenAt)).map(({ session }) => session);
  }

  /**
   * Where the server counts, a session that isn't known by its process may be one of a program of ours: pg_dump, or the migration tool behind the recorder. Such
   * programs have ended when the run does. Nothing of ours replicates, and what replicates isn't counted.
   */
  #isForeign(session: SeenSession): boolean {
    if (!session.isCounted) return true;
    const doubtful = this.#counted === undefined || this.#strange(this.#excess) > 0 || this.#unexplained > 0 || this.#staying.has(keyOf(session));
    return doubtful && !ourPrograms.has(session.applicationName);
  }

  /** Sessions that were opened for this run otherwise than by itself: those of the team's tool, behind the recorder. */
  know(pids: readonly number[]): void {
    for (const pid of pids) this.#known.knowThrough(this.address, pid);
  }

  /** A session that a program of the team's has opened, by the way that it was given. */
  admit({ database, pid, askedAt, replicates }: Admitted): void {
    if (database !== this.address.database) return;
    this.#ofPrograms += 1;
    this.#known.knowThrough(this.address, pid, askedAt, !replicates);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#tail;
    await this.#session.close();
  }

  async #look(): Promise<void> {
    await this.#inTurn(() => this.#see());
  }

  async #see(): Promise<readonly SeenSession[]> {
    const sessions = await this.#readOthers();
    this.#looks += 1;
    const seenAt = performance.now();
    const strange = sessions.filter(({ pid }) => !this.#known.knows(this.address, pid));
    for (const session of strange) {
      const key = keyOf(session);
      this.#foreign.set(key, { session, seenAt: this.#foreign.get(key)?.seenAt ?? seenAt });
    }
    return strange;
  }

  /** The sessions that there are, without those of the cloud's own, which are noted. */
  async #readOthers(): Promise<readonly SeenSession[]> {
    const sessions = await readSessions(this.#session);
    for (const session of sessions.filter(({ user }) => this.#landlords.has(user))) {
      if (session.isCounted && !this.#ofCloud.has(keyOf(session))) this.#cloudCounted += 1;
      this.#ofCloud.set(keyOf(session), session);
    }
    return sessions.filter(({ user }) => !this.#landlords.has(user));
  }

  /** Of so many sessions, those that weren't the cloud's own. */
  #strange(sessions: number): number {
    return Math.max(0, sessions - this.#cloudCounted);
  }

  async #count(): Promise<void> {
    const { counted, attempts, certain } = this.#base;
    const read = await countSessions(this.#session);
    if (read === undefined || counted === undefined) return;
    const now = read.count;
    const opened = this.#known.attempts(this.address) - attempts;
    this.#certain = this.#certainBefore + this.#known.certain(this.address) - certain;
    if (now < counted || read.resetAt !== this.#resetAt) this.#gaps.add('the server’s counters were reset meanwhile');
    this.#counted = this.#countedBefore + now - counted;
    this.#ours = this.#oursBefore + opened;
    this.#excess = Math.max(this.#excess, this.#excessBefore + now - counted - opened);
  }

  /**
   * At the end the count must be explained by sessions that are certain to have been ours: an attempt of ours that came to nothing would leave room for somebody
   * else. What was just opened may take a moment to be counted.
   */
  async #balance(): Promise<void> {
    const giveUpAt = performance.now() + quietWithinMs;
    while (this.#counted !== undefined && this.#counted < this.#certain) {
      if (performance.now() > giveUpAt) {
        this.#gaps.add(`the server counted ${this.#certain - this.#counted} sessions less than this run opened`);
        return;
      }
      await sleep(quietLookMs);
      await this.#count();
    }
    this.#unexplained = this.#counted === undefined ? 0 : this.#strange(this.#counted - this.#certain);
    if (this.#unexplained > 0 && this.#strange(this.#excess) <= 0) {
      this.#gaps.add(`${this.#unexplained} of the run’s own connections may have come to nothing, so that as many of others could have gone unseen`);
    }
  }

  /** Counts from now on; what was counted before stays. */
  async #rebase(): Promise<void> {
    await this.#untilQuiet();
    this.#countedBefore = this.#counted ?? 0;
    this.#oursBefore = this.#ours;
    this.#certainBefore = this.#certain;
    this.#excessBefore = this.#excess;
    const read = await countSessions(this.#session);
    this.#resetAt = read?.resetAt;
    this.#base = { counted: read?.count, attempts: this.#known.attempts(this.address), certain: this.#known.certain(this.address) };
    await this.#see();
    // They were there, and counted, before.
    this.#cloudCounted = 0;
  }

  async #prove(outside: Edge): Promise<void> {
    const stranger = await outside.postgres.connect(this.address, { applicationName: 'pgrehearse, as a stranger' });
    if (!stranger.ok) return;
    const { backendPid } = stranger.value;
    const seen = (await this.#see()).some(({ pid }) => pid === backendPid);
    await this.#count();
    const counted = this.#base.counted === undefined || this.#excess === this.#excessBefore + 1;
    await stranger.value.close();
    this.#proven = seen && counted;
    for (const [key, { session }] of this.#foreign) if (session.pid === backendPid) this.#foreign.delete(key);
    this.#excess = this.#excessBefore;
    this.#counted = this.#countedBefore;
    this.#ours = this.#oursBefore;
    this.#certain = this.#certainBefore;
    await this.#rebase();
  }

  /** Waits until those are gone that have closed; not for long, since a stranger may well stay, and a session of our own that is still at work too. */
  async #untilQuiet(): Promise<void> {
    const startedAt = performance.now();
    for (;;) {
      const sessions = await this.#readOthers();
      const strangers = sessions.some(({ pid }) => !this.#known.knows(this.address, pid));
      if (sessions.length === 0 || performance.now() - startedAt > (strangers ? quietWithinMs : oursWithinMs)) return;
      await sleep(quietLookMs);
    }
  }

  async #inTurn<T>(body: () => Promise<T>): Promise<T | undefined> {
    const turn = this.#tail.then(() => this.#carefully(body));
    this.#tail = turn.then(() => undefined);
    return await turn;
  }

  /** What can't be asked is a gap, never a clean bill. */
  async #carefully<T>(body: () => Promise<T>): Promise<T | undefined> {
    try {
      return await body();
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      this.#gaps.add(`the clone could not be asked: ${error.fields.message}`);
      return undefined;
    }
  }
}

function keyOf({ pid, since }: SeenSession): string {
  return `${pid} ${since}`;
}

function asForeign({ isCounted: _isCounted, ...session }: SeenSession): ForeignSession {
  return session;
}

/** A session that nobody had opened when it was seen for the first time: milliseconds of `performance.now()`. */
interface Stranger {
  readonly session: SeenSession;
  readonly seenAt: number;
}

/** Programs of Postgres that this run starts itself. Whether more of their sessions came than were started, the count says. */
const ourPrograms: ReadonlySet<string> = new Set(['pg_dump']);
