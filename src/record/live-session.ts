import type { HeldNews } from './held-relations.ts';
import type { ProxiedConnection, TransactionState, WireStatement } from './proxy/contract.ts';
import type { TriggerReport } from './trigger-report.ts';

/** Commands after which a transaction has its snapshot, so that a statement of ours can't fix it too early. */
const takesSnapshot =
  /^(SELECT|INSERT|UPDATE|DELETE|MERGE|COPY|CREATE|ALTER|DROP|TRUNCATE|COMMENT|GRANT|REVOKE|REINDEX|CLUSTER|ANALYZE|REFRESH|DO|CALL|REASSIGN|SECURITY|IMPORT|TABLE|VALUES|WITH)\b/;
const endsBlock = /^(COMMIT|ROLLBACK)$/;
const rowsOnly = /^(INSERT|UPDATE|DELETE|MERGE|COPY)\b/;

/** What is known of a session of the migration while it lives. */
export class LiveSession {
  readonly connection: ProxiedConnection;
  running = false;
  inBlock = false;
  hasSnapshot = false;
  statementTimeoutMs = 0;
  eventTriggers: boolean;
  /** Relations of its transaction as they were last told: what is still so isn't told again. */
  readonly known = new Map<number, string>();
  /** What its event triggers told since its last statement ended. */
  #reports: TriggerReport[] = [];
  /** What they told of the last statement. */
  #ofLast: readonly TriggerReport[] = [];

  constructor(connection: ProxiedConnection, eventTriggers: boolean) {
    this.connection = connection;
    this.eventTriggers = eventTriggers;
  }

  report(report: TriggerReport): void {
    this.#reports.push(report);
    if (report.event === 'ddl') this.learn(report.held);
  }

  learn(held: HeldNews | undefined): void {
    for (const [oid, print] of held?.prints ?? []) this.known.set(oid, print);
  }

  /** @returns what the event triggers told while the statement ran. */
  ended({ tag }: WireStatement): readonly TriggerReport[] {
    this.#ofLast = this.#reports;
    this.#reports = [];
    if (tag !== undefined && takesSnapshot.test(tag)) this.hasSnapshot = true;
    return this.#ofLast;
  }

  /** The end of the WAL after a statement that told all of itself, so that it needn't be asked about: a command, rather than something that ran commands. */
  toldAllAt(statements: readonly WireStatement[]): number | undefined {
    const report = this.#ofLast.findLast(({ event }) => event === 'ddl');
    const isAll = statements.length === 1 && report?.event === 'ddl' && report.held !== undefined && report.tag === statements[0]?.tag;
    return isAll ? report.lsn : undefined;
  }

  /** To be told before the session is asked. */
  ready(state: TransactionState, statements: readonly WireStatement[]): void {
    this.running = false;
    this.inBlock = state !== 'I';
    // A lock that went with a savepoint, or the block before, and comes again is news. And where no event trigger tells of new names, any command may have
    // given some.
    const mayHide = statements.some(({ tag }) => tag === undefined || endsBlock.test(tag) || !(this.eventTriggers || rowsOnly.test(tag)));
    if (state !== 'T' || mayHide) this.known.clear();
    if (state === 'I') this.hasSnapshot = false;
  }
}
