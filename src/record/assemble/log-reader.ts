import { transactionVerb } from '../../sql/transaction-verb.ts';
import { writesNothing } from '../command-tags.ts';
import type { ProxiedConnection } from '../proxy/contract.ts';
import type { LogEntry, ReadyEntry } from '../recorder-log.ts';
import { addUnobserved } from './add-unobserved.ts';
import type { ConnectionDraft, StatementDraft, TransactionDraft } from './drafts.ts';
import type { RelationBook } from './relation-book.ts';
import { readSavepoint, rollBackTo } from './savepoints.ts';
import { takeChanged } from './take-changed.ts';
import { takeCounted, takeHeld } from './take-held.ts';
import { takeReport } from './take-report.ts';

/** Commands that touch no relation of the user, so that there is nothing to be seen. */
const touchesNothing =
  /^(BEGIN|START TRANSACTION|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET|RESET|SHOW|DISCARD|DEALLOCATE|LISTEN|UNLISTEN|NOTIFY|CLOSE CURSOR|PREPARE TRANSACTION|COMMIT PREPARED|ROLLBACK PREPARED)\b/;
const mayBeVerb = /^\s*(?:(?:--[^\n]*\n|\/\*[\s\S]*?\*\/)\s*)*(begin|start|commit|end|abort|rollback|prepare)\b/i;
/** Commands after which a setting may be another one. */
const maySet = /^(SET|RESET|DISCARD|COMMIT|ROLLBACK|SELECT|DO|CALL|EXECUTE)\b/;
const mayBeSavepoint = /^(SAVEPOINT|RELEASE|ROLLBACK)$/;
const commitsInParts = /\bconcurrently\b/i;

/** Reads the log in its order, and takes transactions, statements and what they did from it. */
export class LogReader {
  readonly connections: ConnectionDraft[] = [];
  readonly transactions: TransactionDraft[] = [];
  readonly statements: StatementDraft[] = [];
  readonly #book: RelationBook;
  readonly #zero: number;
  readonly #byId = new Map<number, ConnectionDraft>();
  readonly #hasTriggers: boolean;

  constructor(book: RelationBook, zero: number, hasTriggers: boolean) {
    this.#book = book;
    this.#zero = zero;
    this.#hasTriggers = hasTriggers;
  }

  take(entry: LogEntry): void {
    switch (entry.kind) {
      case 'open':
        this.#connection(entry.connection, entry.at);
        return;
      case 'close':
        this.#close(this.#connection(entry.connection, entry.at), entry.at - this.#zero, entry.ending);
        return;
      case 'statement':
        this.#statement(this.#connection(entry.statement.connection, entry.statement.startedAt), entry);
        return;
      case 'ready':
        this.#ready(this.#connection(entry.connection, entry.at), entry);
    }
  }

  /** Connections that nobody closed end with the recording. */
  finish(endedMs: number): void {
    for (const connection of this.connections) if (connection.ending === 'open') this.#close(connection, endedMs, 'open');
  }

  #connection(seen: ProxiedConnection, at: number): ConnectionDraft {
    let connection = this.#byId.get(seen.id);
    if (connection === undefined) {
      connection = {
        id: seen.id,
        pid: seen.pid,
        user: seen.user,
        database: seen.database,
        ...(seen.applicationName === undefined ? {} : { applicationName: seen.applicationName }),
        openedMs: at - this.#zero,
        closedMs: at - this.#zero,
        ending: 'open',
        transaction: undefined,
        batch: [],
        settings: undefined,
        wal: undefined,
        counts: new Map(),
      };
      this.#byId.set(seen.id, connection);
      this.connections.push(connection);
    }
    return connection;
  }

  #close(connection: ConnectionDraft, atMs: number, ending: ConnectionDraft['ending']): void {
    connection.closedMs = atMs;
    connection.ending = ending;
    if (connection.transaction !== undefined) this.#end(connection, atMs, ending === 'server-lost' ? 'lost' : 'rolled-back');
  }

  #begin(connection: ConnectionDraft, atMs: number, block: boolean): TransactionDraft {
    const transaction: TransactionDraft = {
      id: this.transactions.length + 1,
      connection: connection.id,
      beginMs: atMs,
      endMs: atMs,
      outcome: 'lost',
      block,
      locks: new Map(),
      counts: connection.counts,
      undo: [],
      savepoints: [],
      unseen: [],
      released: [],
      open: true,
    };
    this.transactions.push(transaction);
    connection.transaction = transaction;
    return transaction;
  }

  #end(connection: ConnectionDraft, atMs: number, outcome: TransactionDraft['outcome']): void {
    const { transaction } = connection;
    if (transaction === undefined) return;
    transaction.endMs = atMs;
    transaction.outcome = outcome;
    transaction.open = false;
    connection.transaction = undefined;
    if (outcome === 'committed') return;
    for (const { relation, filenode, bytes } of transaction.undo.reverse()) {
      relation.filenode = filenode;
      relation.bytes = bytes;
    }
    this.#book.forget(transaction.id);
  }

  #statement(connection: ConnectionDraft, { statement: wire, reports }: Extract<LogEntry, { kind: 'statement' }>): void {
    const verb = mayBeVerb.test(wire.text) ? transactionVerb(wire.text) : 'none';
    const [startedMs, endedMs] = [wire.startedAt - this.#zero, wire.endedAt - this.#zero];
    const transaction = connection.transaction ?? this.#begin(connection, startedMs, false);
    if (verb === 'begins' && wire.error === undefined) transaction.block = true;
    const statement: StatementDraft = {
      id: this.statements.length + 1,
      connection: connection.id,
      transaction: transaction.id,
      text: wire.text,
      protocol: wire.protocol,
      rows: wire.rows,
      startedMs,
      endedMs,
      unobserved: [],
      ...(wire.tag === undefined ? {} : { tag: wire.tag }),
      ...(wire.error === undefined ? {} : { error: wire.error }),
      transactionDraft: transaction,
      pid: connection.pid,
      reasons: new Map(),
      facts: 'unseen',
    };
    this.statements.push(statement);
    connection.batch.push(statement);
    for (const report of reports) takeReport(this.#book, statement, report);
    if (wire.tag !== undefined && touchesNothing.test(wire.tag)) seeNothing(statement);
    if (wire.error === undefined && statement.facts === 'unseen') transaction.unseen.push(statement);
    if (wire.error === undefined && mayBeSavepoint.test(wire.tag ?? '')) this.#savepoint(statement);
    if (wire.error !== undefined && verb === 'none') return;
    if (verb === 'ends' || verb === 'rolls-back' || verb === 'chains') {
      const failed = wire.error !== undefined || wire.tag === 'ROLLBACK';
      this.#end(connection, endedMs, failed ? 'rolled-back' : 'committed');
      if (verb === 'chains') this.#begin(connection, endedMs, true);
    }
  }

  #savepoint(statement: StatementDraft): void {
    const command = readSavepoint(statement.text);
    const transaction = statement.transactionDraft;
    if (command === undefined) return;
    const { savepoints } = transaction;
    const at = savepoints.findLastIndex(({ name }) => name === command.name);
    if (command.verb === 'set') savepoints.push({ name: command.name, statement: statement.id, undo: transaction.undo.length });
    else if (at === -1) return;
    else if (command.verb === 'release') savepoints.length = at;
    else {
      const savepoint = savepoints[at];
      savepoints.length = at + 1;
      if (savepoint !== undefined) rollBackTo(this.#book, transaction, savepoint, statement.endedMs);
    }
  }

  #ready(connection: ConnectionDraft, entry: ReadyEntry): void {
    const { batch } = connection;
    const last = batch.findLast(({ tag, error }) => error === undefined && tag !== undefined && !touchesNothing.test(tag));
    const transaction = connection.transaction;
    if (entry.state === 'T' && transaction !== undefined) {
      transaction.block = true;
      this.#lookInBlock(batch, last, entry);
    }
    if (entry.state === 'I') {
      if (transaction !== undefined) {
        const failed = batch.some(({ error }) => error !== undefined);
        this.#end(connection, batch.at(-1)?.endedMs ?? entry.at - this.#zero, failed ? 'rolled-back' : 'committed');
      }
      if (last !== undefined && last === batch[0] && batch.length === 1) takeCounted(this.#book, last, entry.look?.counted);
      if (entry.changed !== undefined && last !== undefined) takeChanged(this.#book, last, entry.changed);
      connection.counts = new Map();
    }
    // What was so before the batch is still so, unless it set something.
    const settings = entry.look ?? (batch.some(({ tag }) => tag !== undefined && maySet.test(tag)) ? undefined : connection.settings);
    connection.settings = settings;
    for (const statement of batch) {
      if (settings !== undefined) {
        statement.lockTimeoutMs ??= settings.lockTimeoutMs;
        statement.statementTimeoutMs ??= settings.statementTimeoutMs;
      }
      if (this.#hasTriggers && entry.look?.eventTriggers === false) addUnobserved(statement, 'rewrite-reasons', 'the session has event triggers switched off');
      if (statement.facts === 'unseen' && entry.notAsked !== undefined && entry.state === 'T') addUnobserved(statement, 'locks', entry.notAsked);
    }
    this.#takeWal(connection, batch, entry);
    connection.batch = [];
  }

  #lookInBlock(batch: readonly StatementDraft[], last: StatementDraft | undefined, entry: ReadyEntry): void {
    const held = entry.look?.held?.relations ?? entry.heldBySide;
    if (held === undefined) return;
    const statement = last ?? (entry.look === undefined ? batch.at(-1) : undefined);
    if (statement === undefined) return;
    const unseen = batch.filter(({ facts }) => facts === 'unseen');
    takeHeld(this.#book, statement, held, entry.look === undefined ? 'side' : 'in-session');
    if (unseen.length > 1) {
      for (const other of unseen) addUnobserved(other, 'locks', 'several statements were sent at once, and only the last one could be looked at');
    }
    statement.facts = 'seen';
    statement.transactionDraft.unseen.length = 0;
  }

  /** The end of the WAL before and after: of a batch of several statements it is only known where their event triggers said it. */
  #takeWal(connection: ConnectionDraft, batch: readonly StatementDraft[], { wal }: ReadyEntry): void {
    if (wal === undefined && batch.every(({ tag }) => tag !== undefined && writesNothing.test(tag))) {
      for (const statement of batch) statement.wal = { bytes: 0, alone: true };
      return;
    }
    const [only] = batch;
    if (wal !== undefined && connection.wal !== undefined && only !== undefined && batch.length === 1) {
      only.wal = { bytes: Math.max(0, wal.lsn - connection.wal.lsn), alone: true };
      only.walSpan = { fromMs: connection.wal.at - this.#zero, toMs: wal.at - this.#zero };
    } else for (const statement of batch) addUnobserved(statement, 'wal', 'the end of the WAL was not read before and after this statement alone');
    connection.wal = wal;
  }
}

function seeNothing(statement: StatementDraft): void {
  statement.facts = 'seen';
  statement.locks ??= [];
  statement.rewrites ??= [];
  statement.scans ??= [];
  statement.written ??= [];
}

/** Whether a statement commits on its way, so that its locks don't all last to its end. */
export function endsItsLocksItself(statement: StatementDraft): boolean {
  return statement.tag?.startsWith('VACUUM') === true || (!statement.transactionDraft.block && commitsInParts.test(statement.text));
}
