import type { Wait } from './recording.ts';

/** What canaries met while the migrations ran. Times are milliseconds since the recording's start. */
export interface TrafficReport {
  readonly sessions: readonly TrafficSession[];
  /** The worst stall of each session that had one, worst first. Their chains are filled in by those who have the recording. */
  readonly stalls: readonly Stall[];
  /** Partitions of the tables with traffic, where each one is read with them: locks on these are met too. */
  readonly partitions?: readonly string[];
  /** Tables that should have had traffic and had none, and why. */
  readonly without: readonly { readonly table: string; readonly why: string }[];
  /** Set where the application's own statements were to be replayed: where they came from, how many there were, and what isn't among them, a clause each. */
  readonly replay?: { readonly from: readonly string[]; readonly statements: number; readonly leftOut: readonly string[] };
}

export type TrafficKind = 'reader' | 'writer' | 'long-reader' | 'prepared' | 'replay';

export interface TrafficSession {
  /** `reader of public.invoice`; its application_name is `pgrehearse reader of public.invoice`, cut to 63 bytes. */
  readonly name: string;
  readonly kind: TrafficKind;
  readonly table?: string;
  readonly statement: string;
  readonly pid: number;
  /** Of a replayed statement: how often production runs it in an hour. */
  readonly callsPerHour?: number;
  /** The role that it logged in as. */
  readonly user?: string;
  /** Finished runs since the traffic began, failed ones too. */
  readonly runs: number;
  /** How many of them ran while a statement of the migrations did: none, and this session is no proof of anything. */
  readonly overlapped?: number;
  /** How long its slowest run took before the migrations started. */
  readonly peaceMs?: number;
  readonly durations: { readonly p50Ms: number; readonly p95Ms: number; readonly maxMs: number };
  /** What the application would have seen, each SQLSTATE and message once; what failed before the migrations too isn't among them. */
  readonly errors: readonly TrafficError[];
}

export interface TrafficError {
  readonly sqlstate: string;
  readonly message: string;
  readonly count: number;
  readonly firstMs: number;
  /** Which one, where the session has several. */
  readonly statement?: string;
}

/** A statement of traffic that took far longer than it does in peace. */
export interface Stall {
  readonly session: string;
  readonly table?: string;
  readonly statement: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** It still waited when the traffic was ended, so that nobody knows how long it would have. */
  readonly unfinished?: true;
  /** From the stalled session to the last one that is blocked; empty where the wait was not for a lock or too short to be seen. */
  readonly chain: readonly Wait[];
  /** How long of it the one who blocked it waited for a lock itself: the rest, it held one. */
  readonly queuedMs?: number;
  /** Who stands at the end of the chain, and whom nobody blocks. */
  readonly heldBy?: {
    readonly pid: number;
    /** The migration's connection, where it is one of it. */
    readonly connection?: number;
    /** The traffic's session, where it is one. */
    readonly session?: string;
  };
}

/** What a migration would have met under a lock_timeout, rehearsed on a clone of its own. */
export interface RetryRehearsal {
  readonly lockTimeoutMs: number;
  readonly retries: number;
  /** From the end of a try that failed to the beginning of the next. */
  readonly pauseMs?: number;
  /** Why it was rehearsed: the team asked for it, somebody was stalled by a queue, or the migrations' own lock_timeout ended them. */
  readonly because?: 'asked' | 'queued' | 'lock-timeout';
  readonly outcome: 'succeeded' | 'gave-up' | 'failed';
  /** Attempts made, the successful one included. */
  readonly attempts: number;
  /** Why it failed: a clause without full stop. */
  readonly why?: string;
  /** The longest that any canary was stalled. */
  readonly worstStallMs: number;
  /** Which one that was. */
  readonly worstSession?: string;
  readonly durationMs: number;
}
