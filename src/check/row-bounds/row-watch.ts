import type { Finding } from '../../core/finding.ts';
import type { EvaluatedBound } from './evaluate-bounds.ts';
import { findTable } from './find-table.ts';
import type { RowVolumes, TableVolume } from './read-row-volumes.ts';
import type { TableCounters } from './row-counters.ts';
import { scopedFinding } from './scoped-bounds.ts';
import { isOfMigration, type RowsChanged, type RowsFollowed, type WatchedStatement } from './watched-statement.ts';

/**
 * Follows how many rows the migrations write while they run, statement by statement, and says where a bound is broken that ends the run. Knows nothing of how
 * it is told: by our own runner, or by what goes through the recorder's proxy.
 */
export class RowWatch implements RowsFollowed {
  readonly #bounds: readonly EvaluatedBound[];
  readonly #before: RowVolumes;
  #last: ReadonlyMap<string, TableCounters>;
  /** Rows in each table, as far as it can be followed. */
  readonly #rows: Map<string, number>;
  /** By scope (all, a migration, a statement of it), then by table. */
  readonly #sums = new Map<string, Map<string, RowsChanged>>();
  #tables: readonly TableVolume[];
  #unsure: string | undefined;
  /** What was added since the transaction that is open began. */
  #open: { readonly scope: string; readonly oid: string; readonly change: RowsChanged }[] = [];

  /** @param before what was read just before the first migration */
  constructor(bounds: readonly EvaluatedBound[], before: RowVolumes) {
    this.#bounds = bounds;
    this.#before = before;
    this.#tables = before.tables;
    this.#last = new Map(before.tables.map((table) => [table.oid, table]));
    this.#rows = new Map(before.tables.map(({ oid, rows }) => [oid, rows]));
  }

  /** Why what was followed isn't all, or not given to the right statement; undefined where it is. */
  get unsure(): string | undefined {
    return this.#unsure;
  }

  /** Says that something went by unseen. The first reason is kept. */
  doubt(why: string): void {
    this.#unsure ??= why;
  }

  /**
   * Takes the counters after a statement.
   *
   * @param statement undefined where it is nobody's, such as the tool's own
   * @returns the bound that is broken beyond repair and ends the run
   */
  take(statement: WatchedStatement | undefined, counters: readonly TableCounters[]): Finding | undefined {
    const changed = this.#changesSince(counters, statement?.tag);
    this.#tables = counters.map((table) => ({ ...table, partitioned: false, rows: this.#rows.get(table.oid) ?? 0 }));
    const scopes = [all, ...(statement === undefined ? [] : [statement.migration, `${statement.migration}#${statement.index}`])];
    for (const scope of scopes) this.#add(scope, changed);
    return this.#firstBroken((bound) => bound.migration === undefined || (statement !== undefined && isOfMigration(bound, statement)), 'beyond', statement);
  }

  /** Says that a transaction has ended: what was rolled back was counted, and isn't there. */
  ended(how: 'committed' | 'rolled-back'): void {
    if (how === 'rolled-back') {
      for (const { scope, oid, change } of this.#open) {
        this.#sums.get(scope)?.set(oid, minus(this.#sums.get(scope)?.get(oid), change));
        if (scope === all) this.#rows.set(oid, Math.max(0, (this.#rows.get(oid) ?? 0) - change.inserted + change.deleted));
      }
    }
    this.#open = [];
  }

  /** Says that a migration's last statement is done: what it should have written by now can't come any more. */
  finished(statement: WatchedStatement): Finding | undefined {
    return this.#firstBroken((bound) => isOfMigration(bound, statement), 'any', statement);
  }

  /** What all that was followed wrote to a table, without what was rolled back since; undefined where something went by unseen. */
  writtenByAll(oid: string): RowsChanged | undefined {
    return this.#unsure === undefined ? this.#sums.get(all)?.get(oid) : undefined;
  }

  /** What a bound's migration or statement wrote to a table; undefined where nothing is known to have run. */
  writtenBy({ migration, statement }: Pick<EvaluatedBound, 'migration' | 'statement'>, file: string, revision: string, oid: string): RowsChanged | undefined {
    if (migration === undefined || !isOfMigration({ migration }, { migration: revision, place: { file } })) return undefined;
    const scope = statement === undefined ? revision : `${revision}#${statement}`;
    const tables = this.#sums.get(scope);
    return tables === undefined ? undefined : (tables.get(oid) ?? none);
  }

  #firstBroken(isMeant: (bound: EvaluatedBound) => boolean, which: 'beyond' | 'any', statement: WatchedStatement | undefined): Finding | undefined {
    for (const bound of this.#bounds) {
      // A statement is only blamed where it is certain that it was this one.
      if (bound.stop !== true || !isMeant(bound) || (bound.migration !== undefined && this.#unsure !== undefined)) continue;
      if (bound.statement !== undefined && bound.statement !== statement?.index && which === 'beyond') continue;
      const table = findTable(bound.table, this.#before, { tables: this.#tables });
      if (table === undefined) continue;
      const scope = bound.migration === undefined || statement === undefined ? all : scopeOf(bound, statement.migration);
      const sums = this.#sums.get(scope);
      // One of several that were sent at once: told as unknown in the end.
      if (sums === undefined && bound.statement !== undefined) continue;
      const written = sums?.get(table.oid) ?? none;
      // That a statement wrote too little is known once it has ended.
      const whole = which === 'any' || (bound.statement !== undefined && bound.statement === statement?.index);
      const rowsBefore = this.#before.tables.find(({ oid }) => oid === table.oid)?.rows;
      const finding = scopedFinding({ bound, table, written, rowsBefore, whole, statement });
      // What can't be told whether it holds is told in the end.
      if (finding?.severity === 'blocker') return finding;
    }
    return undefined;
  }

  #changesSince(counters: readonly TableCounters[], tag: string | undefined): ReadonlyMap<string, RowsChanged> {
    const now = new Map(counters.map((table) => [table.oid, table]));
    const changed = new Map<string, RowsChanged>();
    for (const table of counters) {
      const { oid } = table;
      const was = this.#last.get(oid);
      // TRUNCATE forgets what its transaction has counted of the table.
      const grown = (kind: keyof RowsChanged) => Math.max(0, table[kind] - (was?.[kind] ?? 0));
      const truncated = tag?.startsWith('TRUNCATE') === true && was !== undefined && was.file !== table.file ? (this.#rows.get(oid) ?? 0) : 0;
      const change = { inserted: grown('inserted'), updated: grown('updated'), deleted: grown('deleted') + truncated };
      if (change.inserted + change.updated + change.deleted === 0) continue;
      this.#rows.set(oid, Math.max(0, (this.#rows.get(oid) ?? 0) + change.inserted - change.deleted));
      for (let above: string | undefined = oid; above !== undefined; above = now.get(above)?.parent) changed.set(above, plus(changed.get(above), change));
    }
    this.#last = now;
    return changed;
  }

  #add(scope: string, changed: ReadonlyMap<string, RowsChanged>): void {
    const sums = this.#sums.get(scope) ?? new Map<string, RowsChanged>();
    this.#sums.set(scope, sums);
    for (const [oid, change] of changed) {
      sums.set(oid, plus(sums.get(oid), change));
      this.#open.push({ scope, oid, change });
    }
  }
}

const all = '';
const none: RowsChanged = { inserted: 0, updated: 0, deleted: 0 };

function scopeOf({ statement }: EvaluatedBound, migration: string): string {
  return statement === undefined ? migration : `${migration}#${statement}`;
}

function minus(left: RowsChanged = none, right: RowsChanged): RowsChanged {
  return { inserted: left.inserted - right.inserted, updated: left.updated - right.updated, deleted: left.deleted - right.deleted };
}

function plus(left: RowsChanged = none, right: RowsChanged): RowsChanged {
  return { inserted: left.inserted + right.inserted, updated: left.updated + right.updated, deleted: left.deleted + right.deleted };
}
