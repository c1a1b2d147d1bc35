import { writesNothing } from './command-tags.ts';
import type { HeldNews } from './held-relations.ts';
import { LiveSession } from './live-session.ts';
import type { ProxiedConnection, ProxyHooks, WireStatement } from './proxy/contract.ts';
import type { LogEntry, ReadyEntry } from './recorder-log.ts';
import type { RelationNames } from './relation-names.ts';
import type { Sampler, Watched } from './sampler.ts';
import { lookInBlock, lookWhenIdle, type SessionLooks } from './session-look.ts';
import type { SideSession } from './side-session.ts';
import { readTriggerReport } from './trigger-report.ts';

/** Commands that change what relations are made of and that no event trigger tells of; 17 tells of REINDEX. */
const silent = /^(TRUNCATE|VACUUM|CLUSTER|REINDEX)\b/;

/** The first word, or a word in the text, of statements that should be sampled from their first moment on. */
const urgent = /^\s*(truncate|vacuum|cluster|reindex|refresh)\b|\bconcurrently\b/i;

/** A session whose own limit is shorter may not be asked: running into it would abort the tool's transaction. */
const SHORTEST_STATEMENT_TIMEOUT_MS = 1_000;

/** Whether a batch is one statement on rows that was its own transaction. DDL tells of itself. */
function autoCommitted(statements: readonly WireStatement[]): boolean {
  return statements.length === 1 && /^(SELECT|INSERT|UPDATE|DELETE|MERGE|COPY)\b/.test(statements[0]?.tag ?? '');
}

/** Somebody who wants to know something of each session when its statements are done, and may end them all. */
export interface ReadyWatch {
  /** What the session is asked; its values are text. */
  readonly statement: { readonly name: string; readonly text: string };
  /** Whether it is to be asked after these. */
  wants(statements: readonly WireStatement[]): boolean;
  /** It should have been asked and couldn't be: a clause. */
  missed(why: string): void;
  /** @returns true: every connection is to end, before the tool hears of its statement's success. */
  take(ready: WatchedReady): boolean;
  /** A transaction has ended, or a statement that was one. */
  ended(how: 'committed' | 'rolled-back'): void;
  closed(connection: number): void;
}

export interface WatchedReady {
  /** ProxiedConnection.id. */
  readonly connection: number;
  readonly statements: readonly WireStatement[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly serverVersionNum: number;
}

export interface HooksOptions {
  readonly side: SideSession;
  readonly sampler: () => Sampler;
  readonly looks: SessionLooks;
  /** Undefined in sampling mode. */
  readonly token: string | undefined;
  readonly names: RelationNames;
  readonly log: LogEntry[];
  /** Told after statements. */
  readonly onReady: () => void;
  readonly watch?: ReadyWatch;
  /** Ends every connection and lets no further one in. */
  readonly end?: () => void;
}

export interface RecorderHooks {
  readonly hooks: ProxyHooks;
  readonly watched: () => Watched;
  /** The server's processes of all sessions that there ever were. */
  readonly pids: ReadonlySet<number>;
}

/** The recorder's part in the proxy: writes down what goes by, and asks at each ReadyForQuery. */
export function recorderHooks({ side, sampler, looks, token, names, log, onReady, watch, end }: HooksOptions): RecorderHooks {
  const sessions = new Map<number, LiveSession>();
  const pids = new Set<number>();
  const liveOf = (connection: ProxiedConnection): LiveSession => {
    let live = sessions.get(connection.id);
    if (live === undefined) {
      live = new LiveSession(connection, token !== undefined);
      sessions.set(connection.id, live);
    }
    return live;
  };
  const restIfIdle = () => {
    if (![...sessions.values()].some(({ running, inBlock }) => running || inBlock)) sampler().rest();
  };
  const learnNames = (held: HeldNews | undefined) => {
    for (const { oid, row } of held?.relations ?? []) if (row !== undefined) names.add(row.name, oid);
  };

  const hooks: ProxyHooks = {
    onOpen: (connection, at) => {
      liveOf(connection);
      log.push({ kind: 'open', connection, at });
    },
    onClose: (connection, at, ending) => {
      sessions.delete(connection.id);
      watch?.closed(connection.id);
      log.push({ kind: 'close', connection, at, ending });
      restIfIdle();
      onReady();
    },
    onStart: (connection, text) => {
      liveOf(connection).running = true;
      sampler().wake(urgent.test(text));
    },
    onStatement: (statement) => {
      log.push({ kind: 'statement', statement, reports: liveOf(statement.connection).ended(statement) });
    },
    isOurs: (connection, fields) => {
      const text = fields.get('M');
      if (token === undefined || text === undefined || !text.startsWith(token)) return false;
      const report = readTriggerReport(text.slice(token.length));
      if (report !== undefined) {
        liveOf(connection).report(report);
        if (report.event === 'ddl') learnNames(report.held);
      }
      return true;
    },
    atReady: async ({ connection, state, statements, at, ask, whyNot }) => {
      const live = liveOf(connection);
      pids.add(connection.pid);
      live.ready(state, statements);
      const entry: { -readonly [K in keyof ReadyEntry]: ReadyEntry[K] } = { kind: 'ready', connection, state, at };
      const toldAt = state === 'T' ? live.toldAllAt(statements) : undefined;
      const wroteNothing = statements.every(({ tag }) => tag !== undefined && writesNothing.test(tag));
      // SET may have changed what a session says of itself.
      const nothingNew = state === 'T' && wroteNothing && statements.every(({ tag }) => tag !== 'SET' && tag !== 'RESET');

      const askSession = async () => {
        if (state === 'E' || toldAt !== undefined || nothingNew || (state === 'T' && !live.hasSnapshot)) return;
        if (ask === undefined) entry.notAsked = whyNot ?? '';
        else if (state === 'T' && live.statementTimeoutMs > 0 && live.statementTimeoutMs < SHORTEST_STATEMENT_TIMEOUT_MS) {
          entry.notAsked = `the session's statement_timeout is only ${live.statementTimeoutMs} ms`;
        } else {
          const look = await (state === 'T'
            ? lookInBlock(ask, looks, live.known)
            : lookWhenIdle(ask, looks, autoCommitted(statements) ? names.in(statements[0]?.text ?? '') : []));
          if (look === undefined) entry.notAsked = 'the session gave no answer';
          else {
            entry.look = look;
            live.statementTimeoutMs = look.statementTimeoutMs;
            live.eventTriggers = token !== undefined && look.eventTriggers;
          }
        }
      };
      const askSide = async () => {
        const tags = statements.map(({ tag }) => tag ?? '');
        if (state === 'T' && (ask === undefined || !live.hasSnapshot) && tags.some((tag) => tag.startsWith('LOCK'))) {
          const held = await side.heldBy(connection.pid);
          if (held !== undefined) entry.heldBySide = held;
        }
        if (state === 'I' && statements.length > 0 && (!live.eventTriggers || tags.some((tag) => silent.test(tag)))) {
          const changed = await side.changedRelations();
          if (changed !== undefined) entry.changed = changed;
        }
      };
      /** @returns whether all is to end. */
      const askForWatch = async (): Promise<boolean> => {
        if (watch === undefined || state === 'E' || !watch.wants(statements)) return false;
        const short = state === 'T' && live.statementTimeoutMs > 0 && live.statementTimeoutMs < SHORTEST_STATEMENT_TIMEOUT_MS;
        const rows = ask === undefined || short || (state === 'T' && !live.hasSnapshot) ? undefined : await ask(watch.statement, []);
        if (rows === undefined) watch.missed(whyNot ?? 'the session could not be asked what it had written');
        else return watch.take({ connection: connection.id, statements, rows, serverVersionNum: side.session.serverVersionNum });
        return false;
      };
      await Promise.all([askSession(), askSide()]);
      const ends = await askForWatch();
      if (state === 'I') watch?.ended(statements.some(({ tag, error }) => error !== undefined || tag === 'ROLLBACK') ? 'rolled-back' : 'committed');
      live.learn(entry.look?.held);
      learnNames(entry.look?.held);
      const lsn = entry.look?.lsn ?? toldAt ?? (wroteNothing ? undefined : await side.walEnd());
      if (lsn !== undefined) entry.wal = { lsn, at: performance.now() };
      log.push(entry);
      restIfIdle();
      onReady();
      // Not waited for: the end of this connection waits for this hook.
      if (ends) end?.();
    },
  };
  const watched = (): Watched => {
    const running = [...sessions.values()].filter((live) => live.running);
    return { pids: running.map((live) => live.connection.pid), known: running.flatMap((live) => [...live.known.keys()]) };
  };
  return { hooks, watched, pids };
}
