import type { Session } from '../core/ports.ts';
import type { TrafficKind } from '../core/traffic.ts';

/** One thing that a session does again and again. */
export interface CanaryStatement {
  /** As a person would read it. */
  readonly text: string;
  /** Throws SqlError. */
  readonly run: (session: Session) => Promise<unknown>;
  /** What brings the session back to a state in which it can go on after an error. */
  readonly afterError?: string;
}

/** What a session of traffic is to do. */
export interface CanaryPlan {
  readonly kind: TrafficKind;
  /** `reader of public.invoice`. */
  readonly name: string;
  readonly table?: string;
  /** From the end of a round to the beginning of the next. */
  readonly everyMs: number;
  /** Of a replayed statement: how often production runs it in an hour. */
  readonly callsPerHour?: number;
  /** Reads what its statements need, in the session that will run them, so that they see what its role sees. Throws SqlError. */
  readonly prepare: (session: Session) => Promise<readonly CanaryStatement[]>;
}
