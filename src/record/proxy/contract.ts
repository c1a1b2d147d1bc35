import type { SqlErrorFields } from '../../core/failure.ts';

/** One session of the migration tool, as it goes through the proxy. */
export interface ProxiedConnection {
  /** 1-based, in the order of their start. */
  readonly id: number;
  /** From BackendKeyData; 0 before that. */
  readonly pid: number;
  readonly user: string;
  readonly database: string;
  readonly applicationName: string | undefined;
}

/** A statement as the wire showed it. One Query message may hold several: then each has its part of the text, as far as the text could be taken apart. */
export interface WireStatement {
  readonly connection: ProxiedConnection;
  readonly protocol: 'simple' | 'extended';
  readonly text: string;
  /** Bytes too many for a text were left out of it: a COPY's rows never belong to it, but an INSERT of 100 MB does. */
  readonly textCut: boolean;
  /** When its first byte was handed to the server, or, in a pipeline, when the server had done with what came before: milliseconds of `performance.now()`. */
  readonly startedAt: number;
  /** When the server's CommandComplete, EmptyQueryResponse or ErrorResponse for it arrived. */
  readonly endedAt: number;
  /** Without its count: `INSERT`, `ALTER TABLE`; empty for an empty query. Absent on failure, and where only some rows of a portal were asked for. */
  readonly tag?: string;
  readonly rows: number | null;
  readonly error?: SqlErrorFields;
}

/** `I` idle, `T` in a transaction block, `E` in a failed one; as ReadyForQuery says. */
export type TransactionState = 'I' | 'T' | 'E';

export interface ProxyHooks {
  readonly onOpen: (connection: ProxiedConnection, at: number) => void;
  /** Told once for each connection that was opened. */
  readonly onClose: (connection: ProxiedConnection, at: number, ending: 'closed' | 'client-vanished' | 'server-lost' | 'refused') => void;
  /** A statement was handed to the server; its end isn't known yet. For what samples while it runs. */
  readonly onStart: (connection: ProxiedConnection, text: string, at: number) => void;
  readonly onStatement: (statement: WireStatement) => void;
  /**
   * The server is ready and the client hasn't been told yet: ReadyForQuery is held until this resolves. `statements` are those since the last one.
   * `ask` is only there outside of a pipeline, in state I, and in state T where it can do no harm: after the transaction's first query (before it, ours
   * would fix the snapshot), and while the session's statement_timeout is known not to be short. Must never throw; what it can't do it leaves.
   */
  readonly atReady: (ready: {
    readonly connection: ProxiedConnection;
    readonly state: TransactionState;
    readonly statements: readonly WireStatement[];
    readonly at: number;
    readonly ask: Ask | undefined;
    /** A clause, where `ask` isn't there. */
    readonly whyNot: string | undefined;
  }) => Promise<void>;
  /** Notices that belong to us and that the client must not see; called for each one, in order, with its fields (`S`, `V`, `C`, `M`, `D`, …). */
  readonly isOurs: (connection: ProxiedConnection, fields: ReadonlyMap<string, string>) => boolean;
}

/**
 * Runs one statement of ours in the client's session, by the extended protocol under a name of its own; prepared once for each session and name, again
 * after DISCARD ALL or DEALLOCATE ALL. Values and results are text, in ASCII. `undefined` where the session is gone or the server answered with an
 * error: which leaves the client's transaction as it was. Calls wait for each other.
 */
export type Ask = (
  statement: { readonly name: string; readonly text: string },
  values: readonly string[],
) => Promise<readonly (readonly (string | null)[])[] | undefined>;
