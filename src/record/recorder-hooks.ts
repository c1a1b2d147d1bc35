import type { HeldRelation } from './held-relations.ts';
import type { ProxiedConnection, ProxyHooks, WireStatement } from './proxy/contract.ts';
import type { LogEntry, ReadyEntry } from './recorder-log.ts';
import type { RelationNames } from './relation-names.ts';
import type { Sampler, Watched } from './sampler.ts';
import { lookInBlock, lookWhenIdle, type SessionLooks } from './session-look.ts';
import type { SideSession } from './side-session.ts';
import { readTriggerReport, type TriggerReport } from './trigger-report.ts';

/** Commands after which a transaction has its snapshot, so that a statement of ours can't fix it too early. */
const takesSnapshot =
  /^(SELECT|INSERT|UPDATE|DELETE|MERGE|COPY|CREATE|ALTER|DROP|TRUNCATE|COMMENT|GRANT|REVOKE|REINDEX|CLUSTER|ANALYZE|REFRESH|DO|CALL|REASSIGN|SECURITY|IMPORT|TABLE|VALUES|WITH)\b/;

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

/** What is known of a session while it lives. */
interface Live {
  readonly connection: ProxiedConnection;
  /** What its event triggers told since its last statement ended. */
  reports: TriggerReport[];
  running: boolean;
  inBlock: boolean;
  hasSnapshot: boolean;
  statementTimeoutMs: number;
  eventTriggers: boolean;
  /** Relations of its transaction whose locks were told by itself. */
  held: Set<number>;
}

export interface HooksOptions {
  readonly side: SideSession;
  readonly sampler: () => Sampler;
  readonly looks: SessionLooks;
  /** Undefined in sampling mode. */
  readonly token: string | undefined;
  readonly names: RelationNames;
  readonly log: LogEntry[];
}

/** The recorder's part in the proxy: writes down what goes by, and asks at each ReadyForQuery. */
export function recorderHooks({ side, sampler, looks, token, names, log }: HooksOptions): { readonly hooks: ProxyHooks; readonly watched: () => Watched } {
  const sessions = new Map<number, Live>();
  const liveOf = (connection: ProxiedConnection): Live => {
    let live = sessions.get(connection.id);
    if (live === undefined) {
      live = {
        connection,
        reports: [],
        running: false,
        inBlock: false,
        hasSnapshot: false,
        statementTimeoutMs: 0,
        eventTriggers: token !== undefined,
        held: new Set(),
      };
      sessions.set(connection.id, live);
    }
    return live;
  };
  const learn = (live: Live, held: readonly HeldRelation[] = []) => {
    for (const { oid, row } of held) {
      live.held.add(oid);
      if (row !== undefined) names.add(row.name, oid);
    }
  };
  const restIfIdle = () => {
    if (![...sessions.values()].some(({ running, inBlock }) => running || inBlock)) sampler().rest();
  };

  const hooks: ProxyHooks = {
    onOpen: (connection, at) => {
      liveOf(connection);
      log.push({ kind: 'open', connection, at });
    },
    onClose: (connection, at, ending) => {
      sessions.delete(connection.id);
      log.push({ kind: 'close', connection, at, ending });
      restIfIdle();
    },
    onStart: (connection, text) => {
      liveOf(connection).running = true;
      sampler().wake(urgent.test(text));
    },
    onStatement: (statement) => {
      const live = liveOf(statement.connection);
      log.push({ kind: 'statement', statement, reports: live.reports });
      live.reports = [];
      if (statement.tag !== undefined && takesSnapshot.test(statement.tag)) live.hasSnapshot = true;
    },
    isOurs: (connection, fields) => {
      const text = fields.get('M');
      if (token === undefined || text === undefined || !text.startsWith(token)) return false;
      const report = readTriggerReport(text.slice(token.length));
      if (report !== undefined) {
        const live = liveOf(connection);
        live.reports.push(report);
        if (report.event === 'ddl') learn(live, report.held);
      }
      return true;
    },
    atReady: async ({ connection, state, statements, at, ask }) => {
      const live = liveOf(connection);
      live.running = false;
      live.inBlock = state !== 'I';
      const tags = statements.map(({ tag }) => tag ?? '');
      const entry: { -readonly [K in keyof ReadyEntry]: ReadyEntry[K] } = { kind: 'ready', connection, state, at };
      const last = log.at(-1);
      // A statement that told all itself needn't be asked about.
      const told =
        state === 'T' &&
        statements.length === 1 &&
        last?.kind === 'statement' &&
        last.reports.some((report) => report.event === 'ddl' && report.held !== undefined);

      const askSession = async () => {
        if (state === 'E' || told || (state === 'T' && (statements.length === 0 || !live.hasSnapshot))) return;
        if (ask === undefined) entry.notAsked = 'the tool had already sent more when the session could have been asked';
        else if (state === 'T' && live.statementTimeoutMs > 0 && live.statementTimeoutMs < SHORTEST_STATEMENT_TIMEOUT_MS) {
          entry.notAsked = `the session's statement_timeout is only ${live.statementTimeoutMs} ms`;
        } else {
          const look = await (state === 'T'
            ? lookInBlock(ask, looks)
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
        const seen = await side.look([...sessions.values()].map((other) => other.connection.pid));
        if (seen !== undefined) entry.side = seen;
        if (state === 'T' && !live.hasSnapshot && tags.some((tag) => tag.startsWith('LOCK'))) {
          const held = await side.heldBy(connection.pid);
          if (held !== undefined) entry.heldBySide = held;
        }
        if (state === 'I' && statements.length > 0 && (!live.eventTriggers || tags.some((tag) => silent.test(tag)))) {
          const changed = await side.changedRelations();
          if (changed !== undefined) entry.changed = changed;
        }
      };
      await Promise.all([askSession(), askSide()]);
      learn(live, entry.look?.held);
      if (state === 'I') {
        live.held.clear();
        live.hasSnapshot = false;
      }
      log.push(entry);
      restIfIdle();
    },
  };
  const watched = (): Watched => {
    const running = [...sessions.values()].filter((live) => live.running);
    return { pids: running.map((live) => live.connection.pid), known: running.flatMap((live) => [...live.held]) };
  };
  return { hooks, watched };
}
