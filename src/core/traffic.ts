import type { Wait } from './recording.ts';

/** What canaries met while the migrations ran. Times are milliseconds since the recording's start. */
export interface TrafficReport {
  readonly sessions: readonly TrafficSession[];
  /** The worst stall of each table that traffic touched, worst first. */
  readonly stalls: readonly Stall[];
  /** Tables that should have had traffic and had none, and why. */
  readonly without: readonly { readonly table: string; readonly why: string }[];
}

export type TrafficKind = 'reader' | 'writer' | 'long-reader' | 'prepared' | 'replay';

export interface TrafficSession {
  /** `reader of public.invoice`: also its application_name. */
  readonly name: string;
  readonly kind: TrafficKind;
  readonly table?: string;
  readonly statement: string;
  readonly pid: number;
  /** Finished runs of the statement, failed ones too. */
  readonly runs: number;
  readonly durations: { readonly p50Ms: number; readonly p95Ms: number; readonly maxMs: number };
  /** What the application would have seen, each SQLSTATE and message once. */
  readonly errors: readonly { readonly sqlstate: string; readonly message: string; readonly count: number; readonly firstMs: number }[];
}

/** A statement of traffic that took far longer than it does in peace. */
export interface Stall {
  readonly session: string;
  readonly table?: string;
  readonly statement: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** From the stalled session to the one that nobody blocks; empty where the wait was not for a lock or too short to be seen. */
  readonly chain: readonly Wait[];
}

/** What a migration would have met under a lock_timeout, rehearsed on a clone of its own. */
export interface RetryRehearsal {
  readonly lockTimeoutMs: number;
  readonly retries: number;
  readonly outcome: 'succeeded' | 'gave-up' | 'failed';
  /** Attempts made, the successful one included. */
  readonly attempts: number;
  /** The longest that any canary was stalled. */
  readonly worstStallMs: number;
  readonly durationMs: number;
}
