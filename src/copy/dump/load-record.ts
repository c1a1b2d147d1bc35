import type { DumpManifest, DumpTable } from '../../core/dump-manifest.ts';
import type { Session } from '../../core/ports.ts';
import type { FidelityLoss } from '../../core/source-facts.ts';
import { qualifiedName, quoteLiteral } from '../../sql/quote.ts';

/** How far a load has come that can be gone on with. Changed as it goes, for whoever decides whether to keep what there is. */
export interface LoadProgress {
  /** Tables whose rows are all there, committed. */
  tables: number;
  /** Tables that have rows. */
  of: number;
  /** True once nothing is left to go on with: the record is gone from the copy. */
  finished: boolean;
}

/** What was lost while the schema was made: known only when it is made. */
interface SchemaNotes {
  readonly losses: readonly FidelityLoss[];
  readonly harmless: readonly string[];
}

const schemaPart = 'schema';
const largeObjectsPart = 'large objects';

/**
 * Which parts of a dump are in the copy, kept in the copy itself: a part's line is written in the transaction that brings its rows, so that either both are there
 * or neither. The record goes when everything is loaded.
 */
export class LoadRecord {
  readonly notes: SchemaNotes;
  readonly #parts: ReadonlySet<string>;

  private constructor(notes: SchemaNotes, parts: ReadonlySet<string>) {
    this.notes = notes;
    this.#parts = parts;
  }

  /**
   * Begins a record in a copy whose schema is whole. This one line is on the disk when it returns: the loads of a moment that a crash takes are loaded again, and
   * without their beginning all of them would be. Throws SqlError.
   */
  static async begin(session: Session, notes: SchemaNotes): Promise<LoadRecord> {
    await session.execute(
      `set local synchronous_commit = on; create schema pgrehearse_load; create table pgrehearse_load.part (name text primary key, notes jsonb); ${insertPart(schemaPart, JSON.stringify(notes))}`,
    );
    return new LoadRecord(notes, new Set());
  }

  /** The record of an attempt that was interrupted; undefined where there is none, or its schema wasn't whole. Throws SqlError. */
  static async find(session: Session): Promise<LoadRecord | undefined> {
    const [table] = await session.query<{ there: boolean }>("select pg_catalog.to_regclass('pgrehearse_load.part') is not null as there");
    if (table?.there !== true) return undefined;
    const rows = await session.query<{ name: string; notes: SchemaNotes | null }>('select name, notes from pgrehearse_load.part order by name');
    const notes = rows.find(({ name }) => name === schemaPart)?.notes;
    return notes === undefined || notes === null ? undefined : new LoadRecord(notes, new Set(rows.map(({ name }) => name)));
  }

  hasTable(table: DumpTable): boolean {
    return this.#parts.has(tablePart(table));
  }

  get hasLargeObjects(): boolean {
    return this.#parts.has(largeObjectsPart);
  }

  /** The statement that records a table, to be run in the transaction that loads it. */
  tableStatement(table: DumpTable): string {
    return insertPart(tablePart(table));
  }

  /** To be run in the transaction after which all large objects are there. */
  get largeObjectsStatement(): string {
    return insertPart(largeObjectsPart);
  }

  /**
   * A table of those that are recorded whose rows are gone: an unlogged one, which a server empties when it starts again after a crash. Undefined: all are there.
   * Throws SqlError.
   */
  async findEmptied(session: Session, { tables }: DumpManifest): Promise<string | undefined> {
    const unlogged = await session.query<{ schema: string; name: string }>(`
      select n.nspname as schema, c.relname as name
        from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       where c.relpersistence = 'u' and c.relkind = 'r' order by 1, 2`);
    for (const { schema, name } of unlogged) {
      const table = tables.find((each) => each.schema === schema && each.table === name);
      if (table === undefined || table.files.length === 0 || !this.hasTable(table)) continue;
      const shown = qualifiedName(schema, name);
      const [row] = await session.query<{ filled: boolean }>(`select exists (select from only ${shown}) as filled`);
      if (row?.filled !== true) return shown;
    }
    return undefined;
  }

  /** Everything is there: from now on the copy can't be gone on with. Throws SqlError. */
  async end(session: Session): Promise<void> {
    await session.execute('drop schema pgrehearse_load cascade');
  }
}

function tablePart({ schema, table }: DumpTable): string {
  return `table ${JSON.stringify([schema, table])}`;
}

function insertPart(name: string, notes?: string): string {
  return `insert into pgrehearse_load.part values (${quoteLiteral(name)}, ${notes === undefined ? 'null' : quoteLiteral(notes)})`;
}
