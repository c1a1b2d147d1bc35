import type { SmokeAnswer } from '../../core/smoke.ts';

/** What a check found, before it is known who used the clone meanwhile. */
export interface Answered extends Pick<SmokeAnswer, 'outcome' | 'said' | 'detail' | 'failsBy' | 'cure' | 'artifacts'> {
  /** Sessions that we ourselves opened in the clone. */
  readonly ownSessions?: number;
  /** The application cut the connection, or accepted none: it may be about to end. */
  readonly cutOff?: boolean;
}
