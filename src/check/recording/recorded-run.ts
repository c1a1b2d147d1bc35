import type { RecordSettings } from '../../config/schema.ts';
import type { LockMode, RecordedRelation, RecordedStatement, RecordedTransaction, Recording } from '../../core/recording.ts';
import type { TrafficReport } from '../../core/traffic.ts';
import type { Hold } from './holds.ts';
import { heldBetween, holdsOf } from './holds.ts';
import type { ColumnFacts, IndexFacts, RecordingFacts, TableFacts } from './recording-facts.ts';

/** What is judged: a recording, the catalogs around it, and what the team takes for long or large. */
export interface RecordingInput {
  readonly recording: Recording;
  /** `after` is absent where the migration failed in such a way that nothing could be read any more. */
  readonly facts: { readonly before: RecordingFacts; readonly after?: RecordingFacts };
  readonly settings: RecordSettings;
  readonly traffic?: TrafficReport;
  /** The ledger's table, quoted as in a recording: nobody but migrations reads it, so locking it stalls nobody. */
  readonly ledger?: string;
}

export interface Size {
  readonly rows?: number;
  readonly bytes?: number;
}

/** A recording with its parts linked, as all checks read it. */
export class RecordedRun {
  readonly recording: Recording;
  readonly settings: RecordSettings;
  readonly before: RecordingFacts;
  /** Equal to `before` where it could not be read. */
  readonly after: RecordingFacts;
  readonly traffic: TrafficReport | undefined;
  /** Strong locks on what was there before, each with how long it was held. */
  readonly holds: readonly Hold[];
  readonly #relations: ReadonlyMap<number, RecordedRelation>;
  readonly #transactions: ReadonlyMap<number, RecordedTransaction>;
  readonly #tablesBefore: ReadonlyMap<number, TableFacts>;
  readonly #tablesAfter: ReadonlyMap<number, TableFacts>;
  readonly #ledger: string | undefined;

  constructor({ recording, facts, settings, traffic, ledger }: RecordingInput) {
    this.recording = recording;
    this.settings = settings;
    this.traffic = traffic;
    this.before = facts.before;
    this.after = facts.after ?? facts.before;
    this.#ledger = ledger;
    this.#relations = new Map(recording.relations.map((relation) => [relation.oid, relation]));
    this.#transactions = new Map(recording.transactions.map((transaction) => [transaction.id, transaction]));
    this.#tablesBefore = new Map(this.before.tables.map((table) => [table.oid, table]));
    this.#tablesAfter = new Map(this.after.tables.map((table) => [table.oid, table]));
    this.holds = holdsOf(this);
  }

  relation(oid: number): RecordedRelation | undefined {
    return this.#relations.get(oid);
  }

  transaction(id: number): RecordedTransaction | undefined {
    return this.#transactions.get(id);
  }

  tableBefore(oid: number): TableFacts | undefined {
    return this.#tablesBefore.get(oid);
  }

  tableAfter(oid: number): TableFacts | undefined {
    return this.#tablesAfter.get(oid);
  }

  /** A table's name, as the migration's own text calls it: that of before, unless it wasn't there. */
  nameOf(oid: number): string {
    return this.relation(oid)?.name ?? this.tableBefore(oid)?.name ?? this.tableAfter(oid)?.name ?? `relation ${oid}`;
  }

  columnsOf(oid: number, numbers: readonly number[]): readonly ColumnFacts[] {
    const columns = (this.tableAfter(oid) ?? this.tableBefore(oid))?.columns ?? [];
    return numbers.flatMap((number) => columns.find((column) => column.number === number) ?? []);
  }

  indexAfter(oid: number): IndexFacts | undefined {
    return this.after.indexes.find((index) => index.oid === oid);
  }

  /** The table that an index or TOAST relation belongs to; anything else is its own. */
  tableOf(oid: number): number {
    const relation = this.relation(oid);
    if (relation?.table !== undefined) return relation.table;
    return this.before.indexes.find((index) => index.oid === oid)?.table ?? oid;
  }

  /** The uppermost table that this one is a partition or child of. */
  rootOf(oid: number): number {
    let root = oid;
    // A ring can't be made; the bound keeps a damaged catalog from hanging us.
    for (let step = 0; step < 100; step++) {
      const parent = (this.tableBefore(root) ?? this.tableAfter(root))?.parent;
      if (parent === undefined) break;
      root = parent;
    }
    return root;
  }

  /** Whether production has the table already, and applications use it. */
  isOfProduction(oid: number): boolean {
    const relation = this.relation(oid);
    const existed = relation?.existedBefore ?? this.tableBefore(oid) !== undefined;
    return existed && !/^pg_(catalog|toast)\./.test(relation?.name ?? '') && (this.#ledger === undefined || this.nameOf(oid) !== this.#ledger);
  }

  /** Rows and bytes before migrating, of several tables together; what is unknown of one of them is absent. */
  sizeOf(tables: readonly number[]): Size {
    const rows = tables.map((oid) => this.relation(oid)?.rowsBefore ?? this.tableBefore(oid)?.rows);
    const bytes = tables.map((oid) => this.relation(oid)?.bytesBefore ?? this.tableBefore(oid)?.bytes);
    return { ...sum('rows', rows), ...sum('bytes', bytes) };
  }

  /** A table of unknown size isn't small. */
  isSmall(tables: readonly number[]): boolean {
    const { rows, bytes } = this.sizeOf(tables);
    const { smallTableRows, smallTableBytes } = this.settings.limits;
    if (rows === undefined && bytes === undefined) return false;
    return (rows ?? 0) <= smallTableRows && (bytes ?? 0) <= smallTableBytes;
  }

  /** Statements of the same transaction that began after this one. */
  laterInTransaction(statement: RecordedStatement): readonly RecordedStatement[] {
    return this.recording.statements.filter((other) => other.transaction === statement.transaction && other.id > statement.id);
  }

  /**
   * The strong lock that stood on a table while a statement ran, whichever statement of the transaction took it. Where none was seen though the
   * statement must have had one, the longest time that it can have been held is taken.
   */
  holdDuring(statement: RecordedStatement, tables: readonly number[], needed?: LockMode): Hold | undefined {
    const [worst] = this.holds
      .filter((hold) => hold.transaction === statement.transaction && tables.includes(hold.table) && hold.fromMs <= statement.endedMs)
      .toSorted((a, b) => b.heldMs - a.heldMs);
    if (worst !== undefined || needed === undefined) return worst;
    const [table] = tables;
    if (table === undefined) return undefined;
    const toMs = this.transaction(statement.transaction)?.endMs ?? statement.endedMs;
    const limits = { transaction: statement.transaction, fromMs: statement.startedMs, toMs };
    return { ...limits, statement, table, mode: needed, heldMs: heldBetween(this, limits), assumed: true };
  }
}

function sum<K extends string>(name: K, values: readonly (number | undefined)[]): { [P in K]?: number } {
  const known = values.filter((value) => value !== undefined);
  if (known.length < values.length || values.length === 0) return {};
  return { [name]: known.reduce((total, value) => total + value, 0) } as { [P in K]?: number };
}
