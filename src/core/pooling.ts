import type { SqlErrorFields } from './failure.ts';

/** What one client left on a connection of the server, and the next one met. */
export interface LeftBehind {
  readonly kind: 'setting' | 'role' | 'prepared-statement' | 'advisory-lock' | 'listening' | 'temporary-table' | 'cursor';
  readonly name: string;
  /** Of settings and roles: what the next client met. */
  readonly value?: string;
}

/** What came of one client’s transaction, as the next client on the same connection of the server saw it. */
export type SharedConnection =
  | {
      readonly kind: 'tried';
      readonly left: readonly LeftBehind[];
      /** What a client that does leave things behind was seen to leave, in the same place and by the same query; empty where `left` isn’t. */
      readonly seenToLeave: readonly string[];
      /** What can’t be left there, or wasn’t seen although it should have been. */
      readonly notSeen: readonly string[];
    }
  | { readonly kind: 'doubt'; readonly reason: string; readonly cure: string; readonly sql?: SqlErrorFields };
