import type { Duplex, Readable, Writable } from 'node:stream';
import type { AwsPort } from './aws.ts';
import type { AzurePort } from './azure.ts';
import type { CloudChoices } from './cloud.ts';
import type { Emit } from './event.ts';
import type { GateRule } from './gate.ts';
import type { ObjectStorePort } from './object-store.ts';
import type { Resource, ResourceKind } from './resource.ts';
import type { Result } from './result.ts';
import type { Secret } from './secret.ts';
import type { Address } from './server.ts';
import type { WebPort } from './web.ts';

/** What one statement of a batch did. */
export interface StatementResult {
  readonly tag: string;
  readonly rows: number | null;
}

/** What a prepared statement takes and gives. */
export interface StatementShape {
  /** Type oids of `$1`, `$2` …, as Postgres worked them out. */
  readonly parameters: readonly number[];
  /** Absent where the statement gives no rows. */
  readonly columns?: readonly { readonly name: string; readonly typeOid: number; readonly typeModifier: number }[];
}

export interface ConnectOptions {
  readonly applicationName?: string;
  /** Milliseconds until the attempt is given up; 10,000 unless told. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Read-only by construction: every transaction of the session is read-only, with these limits. Used for each connection to production. */
  readonly readOnly?: { readonly statementTimeoutMs: number; readonly lockTimeoutMs: number };
  /** Settings of the session that come with the log-in: unlike bound values, a server that logs all statements doesn't log them. Letters and digits only. */
  readonly secretSettings?: Readonly<Record<string, Secret>>;
  /** Told each statement of the session when it has ended, its text as it was sent; bound values never. */
  readonly onStatement?: (sent: SentStatement) => void;
}

/** A statement that was sent, and how it ended. */
export interface SentStatement {
  readonly text: string;
  readonly durationMs: number;
  /** SQLSTATE of its error; absent where there was none. */
  readonly sqlstate?: string;
}

/** Tables whose rows go from one server straight to another. */
export interface CopyRelay {
  /** `COPY … TO STDOUT`, one statement a table, separated by semicolons. */
  readonly out: string;
  /** As many `COPY … FROM STDIN` in the same order and format, with what belongs into their transaction: all of it is one. */
  readonly into: string;
  /**
   * Told what was handed on, many times a second, in wire bytes and rows; these add up to the exact number in the end. `place`: the table that it is of,
   * counted from 0.
   */
  readonly onData?: (rows: number, bytes: number, place: number) => void;
}

/** The rows of each table of a relay: what the source says that it gave, and the target that it took. */
export interface Relayed {
  readonly given: readonly number[];
  readonly taken: readonly number[];
}

/** One statement with the texts of its parameters. */
export interface BoundStatement {
  readonly text: string;
  readonly values?: readonly (string | null)[];
}

/** One connection. Its methods throw SqlError for errors of the server; a lost connection is an SqlError of class 08. */
export interface Session extends AsyncDisposable {
  readonly address: Address;
  /** As server_version_num: 180004. */
  readonly serverVersionNum: number;
  readonly backendPid: number;
  /** One statement with bound values. bigint and numeric arrive as strings, json parsed, timestamps as strings. */
  query<Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Several such statements at once, so that the server never waits for the next one: the rows of each, in their order. Values are texts. Ends at the first error. */
  queryAll<Row>(statements: readonly BoundStatement[]): Promise<readonly (readonly Row[])[]>;
  /** Has one statement prepared, and not run: what it takes and what it would give. */
  describe(text: string): Promise<StatementShape>;
  /** Text as it stands, in the simple protocol: several statements are one implicit transaction. */
  execute(text: string): Promise<readonly StatementResult[]>;
  copyOut(copyStatement: string): Readable;
  /** The stream's end resolves once the server has taken all; errors come as SqlError. */
  copyIn(copyStatement: string): Writable;
  /**
   * Hands COPY's messages from this session to another as they are, no faster than the target takes them. Throws RelayError, which tells whose
   * error it was; the target has then undone the whole transaction, and this session may be closed.
   */
  relayCopy(target: Session, relay: CopyRelay): Promise<Relayed>;
  onNotice(listener: (notice: { severity: string; message: string; sqlstate: string }) => void): void;
  close(): Promise<void>;
}

export interface PgDumpRequest {
  readonly section?: 'pre-data' | 'post-data';
  /** The exported snapshot to read at. */
  readonly snapshot?: string;
  /** Further arguments, each checked to exist in both pg_dumps: `--exclude-schema=x`, `--no-comments`. */
  readonly extra?: readonly string[];
}

/** A pg_dump that fits a server: native, or the WebAssembly one over our own socket. */
export interface PgDump {
  /** `pg_dump 15.18 (native, /usr/bin)` or `pg_dump 18 (WebAssembly)`. */
  readonly label: string;
  readonly kind: 'native' | 'wasm';
  /** The schema's SQL text, `\restrict` lines taken out. Never data. */
  dumpSchema(address: Address, request?: PgDumpRequest, signal?: AbortSignal): Promise<Result<string>>;
  /** The command line of such a dump, for the record. */
  argv(request?: PgDumpRequest): readonly string[];
}

export interface PostgresPort {
  connect(address: Address, options?: ConnectOptions): Promise<Result<Session>>;
  /** Parses a postgres:// URL or `key=value` string with the PG* environment and ~/.pgpass as libpq does. */
  parseAddress(text: string): Result<Address>;
  /**
   * A pg_dump whose major is not older than the server's: looked for while that is still being asked for, too. `prefer` lets tests and `doctor` choose.
   */
  pgDumpFor(serverMajor: number | Promise<number>, prefer?: 'native' | 'wasm'): Promise<Result<PgDump>>;
  /** Finds out by experiment whether two addresses lead to the same server. Undecidable is a failure `target-is-source`. */
  isSameServer(source: Address, target: Address, signal?: AbortSignal): Promise<Result<'same-database' | 'same-server' | 'different'>>;
  /** What PgBouncer's admin console answers to SHOW POOLS, a row a pool, by the names of its columns. Nothing else can be asked of it this way. */
  showPools(console: Address, signal?: AbortSignal): Promise<Result<readonly Readonly<Record<string, unknown>>[]>>;
  /** The bare connection that a client's start-up message would come on: TCP or Unix socket, TLS as the address says. */
  openWire(address: Address, signal?: AbortSignal): Promise<Result<Duplex>>;
  /** The path of a pg_restore that can read an archive of this version (`1.16`). */
  pgRestoreFor(archive: string): Promise<Result<string>>;
}

export interface RunRequest {
  readonly command: string;
  readonly args?: readonly string[];
  /** Added to the environment given by `inheritEnvironment`. Secrets go here, never into args. */
  readonly env?: Readonly<Record<string, string>>;
  /** True: the caller's environment is passed on (the team's own tools). False: only PATH, HOME, LANG, TZ (our own tools). */
  readonly inheritEnvironment?: boolean;
  /** Which of the caller's variables are not passed on, such as those that lead to another server. Asked for each; `env` isn't asked about. */
  readonly withoutVariable?: (name: string, value: string) => boolean;
  readonly cwd?: string;
  /** Run as this user (only when we are root). */
  readonly uid?: number;
  readonly gid?: number;
  readonly input?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly onLine?: (stream: 'stdout' | 'stderr', line: string) => void;
}

export interface Finished {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

/** A child that outlives the call that starts it. */
export interface Child {
  readonly pid: number;
  /** ISO-like text that, with the pid, names this very process even after pids are reused. */
  readonly startedAt: string;
  readonly exited: Promise<Finished>;
  kill(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'SIGQUIT'): void;
}

/** Names the resource that a program of the team's runs for. Its children inherit it, so that all can be found and ended, also after we were killed. */
export const resourceVariable = 'PGREHEARSE_RESOURCE';

/** A TCP socket that listens on the loopback interface, for connections that are ours alone. */
export interface Listener extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Ends its connections too. */
  close(): Promise<void>;
}

export interface SystemPort {
  readonly platform: string;
  readonly arch: string;
  /** Processor cores that this process may use. */
  readonly cores: number;
  readonly host: string;
  readonly user: string;
  readonly uid: number;
  /** The only way to read the environment; blank counts as unset. */
  environment(name: string): string | undefined;
  /** What of the caller's environment must not be written down, by the names of its variables. */
  environmentSecrets(): readonly Secret[];
  /** Runs to the end. A command that doesn't exist is a failure `command-not-found`; a non-zero exit is not a failure. */
  run(request: RunRequest): Promise<Result<Finished>>;
  /** As `run` but streams stdout: for pg_restore and the like. */
  stream(request: RunRequest): Promise<Result<{ readonly stdout: Readable; readonly finished: Promise<Finished> }>>;
  /** Runs a program on our own terminal, with our signals passed on; gives its exit code, 128 + n when signal n ended it. */
  runAttached(request: Pick<RunRequest, 'command' | 'args' | 'env' | 'cwd' | 'inheritEnvironment' | 'withoutVariable'>): Promise<Result<number>>;
  /** Starts a program that works beside us, its lines told as they come. Whoever starts it ends it; `kill` reaches all that it started. */
  start(request: Omit<RunRequest, 'input' | 'timeoutMs' | 'signal'>): Promise<Result<Child>>;
  /** Starts a server of ours, detached, its output in a file. */
  startDetached(request: RunRequest & { readonly logFile: string }): Promise<Result<Child>>;
  /** The start time of a live process, or undefined when there is none. */
  processStartedAt(pid: number): Promise<string | undefined>;
  /** Ends a process that we started, if pid and start time still name it; waits until it is gone. */
  endProcess(pid: number, startedAt: string, signals: readonly ('SIGINT' | 'SIGTERM' | 'SIGKILL' | 'SIGQUIT')[]): Promise<boolean>;
  /**
   * Ends every process in whose environment `resourceVariable` has this value: a program that we started, all that it started, and what these
   * started, by these signals in turn. Gives the pids of those that stay.
   */
  endMarked(mark: string, signals: readonly ('SIGINT' | 'SIGTERM' | 'SIGKILL' | 'SIGQUIT')[]): Promise<readonly number[]>;
  onPath(command: string): Promise<string | undefined>;
  freePort(): Promise<number>;
  /** Whether a server could listen on this port of 127.0.0.1 now. */
  isPortFree(port: number): Promise<boolean>;
  listen(onConnection: (socket: Duplex) => void): Promise<Result<Listener>>;
  /** TLS, the server's side, on a connection of `listen`; PEM texts. A client that doesn't come to terms is a failure `tls-failed`. */
  acceptTls(socket: Duplex, identity: { readonly certificate: string; readonly key: string }): Promise<Result<Duplex>>;
  freeDiskBytes(folder: string): Promise<number>;
  /** Whether a user could execute this file, every parent folder considered. */
  canExecute(file: string, uid: number, gid: number): Promise<boolean>;
  /** Numeric ids of the user that servers run as when we are root; undefined when we aren't. */
  unprivilegedUser(): Promise<Result<{ readonly uid: number; readonly gid: number; readonly name: string } | undefined>>;
}

/** Everything that we make is written down before it is made, so that `gc` can finish what a kill -9 left. */
export interface Ledger {
  /** Writes the line (fsynced) and only then lets the caller make the thing. Throws FailureError with `ledger-not-written`, as `amend` does. */
  plan(what: {
    readonly kind: ResourceKind;
    readonly label: string;
    readonly facts: Resource['facts'];
    readonly kept?: boolean;
    readonly expiresAt?: string;
    readonly runId?: string;
  }): Promise<Resource>;
  /** Adds facts that are known only after making: pid, port. With `owner`, another process takes over what a killed one left. */
  amend(id: string, change: Partial<Pick<Resource, 'facts' | 'kept' | 'expiresAt' | 'label' | 'owner'>>): Promise<Resource>;
  /**
   * Makes what a process left that is gone this one's own, so that nobody else goes on with it or removes it. One process alone gets it, whoever asks at the same instant.
   * Undefined: another one has it, or it is gone.
   */
  takeOver(id: string): Promise<Resource | undefined>;
  /** The thing is gone: its line goes too. */
  forget(id: string): Promise<void>;
  list(): Promise<readonly Resource[]>;
  /** Does something while no other process, and nothing else in this one, does it under the same name; waits for its turn. Who was killed at it is in nobody's way. */
  oneAtATime<T>(name: string, use: () => Promise<T>): Promise<T>;
  /** Removes what processes left that were killed at it. */
  sweepLock(name: string): Promise<void>;
  /** Lines that can't be read: never dropped, never guessed, but named. */
  damaged(): Promise<readonly { readonly file: string; readonly reason: string }[]>;
}

/** The folders that pgrehearse uses on this machine. */
export interface Home {
  /** Servers, images, clones: may be large, must be reachable for the unprivileged user. */
  readonly data: string;
  /** Ledger lines: survives reboots. */
  readonly state: string;
  /** Sockets: a path short enough for sun_path (about 100 bytes). */
  readonly sockets: string;
}

export interface Edge {
  readonly postgres: PostgresPort;
  readonly system: SystemPort;
  readonly web: WebPort;
  readonly aws: AwsPort;
  readonly azure: AzurePort;
  readonly objects: ObjectStorePort;
}

/** What every room is handed: the outside world, the ledger, where to speak, and when to stop. */
export interface Context {
  readonly edge: Edge;
  readonly ledger: Ledger;
  readonly home: Home;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** How many sessions copy rows and build indexes side by side, where it was asked for. */
  readonly jobs?: number;
  /** Set inside a run. */
  readonly runId?: string;
  /** Set inside a run: from now on, this value is taken out of everything that is written down. */
  readonly hide?: (secret: Secret) => void;
  /** What was asked for on the command line, where it is about a cloud. */
  readonly cloud?: CloudChoices;
  /** What the configuration makes of gates; set inside a run. */
  readonly gateRules?: readonly GateRule[];
  /** How a program of the team's reaches a database of this run: by the address itself where absent. What it opens there is then known to be its own. */
  readonly entrance?: (address: Address) => Address;
  readonly now: () => Date;
}
