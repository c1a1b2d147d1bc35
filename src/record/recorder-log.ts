import type { HeldNews, HeldRelation } from './held-relations.ts';
import type { ProxiedConnection, TransactionState, WireStatement } from './proxy/contract.ts';
import type { ListedRelation } from './relation-list.ts';
import type { TriggerReport } from './trigger-report.ts';

/** What was seen while the migration ran, in the order in which it was seen; a recording is made of it afterwards. Times are `performance.now()`. */
export type LogEntry =
  | { readonly kind: 'open'; readonly connection: ProxiedConnection; readonly at: number }
  | {
      readonly kind: 'close';
      readonly connection: ProxiedConnection;
      readonly at: number;
      readonly ending: 'closed' | 'client-vanished' | 'server-lost' | 'refused';
    }
  /** With what the event triggers told while it ran. */
  | { readonly kind: 'statement'; readonly statement: WireStatement; readonly reports: readonly TriggerReport[] }
  | ReadyEntry;

/** The server waits for the client's next word: everything sent before is done. */
export interface ReadyEntry {
  readonly kind: 'ready';
  readonly connection: ProxiedConnection;
  readonly state: TransactionState;
  readonly at: number;
  /** What the session says itself. */
  readonly look?: SessionLook;
  /** Why it wasn't asked, where it should have been. */
  readonly notAsked?: string;
  /** The end of the WAL, where it isn't known that nothing was written. */
  readonly wal?: WalPosition;
  /** Locks of the session as shared memory shows them, where the session itself must not be asked. */
  readonly heldBySide?: readonly HeldRelation[];
  /** Relations whose catalog rows changed, read after the commit of a statement that no event trigger tells of. */
  readonly changed?: readonly ListedRelation[];
}

export interface SessionLook {
  /** Only in a transaction block. */
  readonly held?: HeldNews;
  /** Only outside: what was counted of relations that the last statement named, unless the server had taken it before. */
  readonly counted?: readonly HeldRelation[];
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
  /** False where the session has event triggers switched off. */
  readonly eventTriggers: boolean;
  /** End of the WAL, in bytes. */
  readonly lsn: number;
}

export interface WalPosition {
  /** In bytes. */
  readonly lsn: number;
  /** When that was known. */
  readonly at: number;
}
