import { tableName } from '../../core/data.ts';
import type { RowVolumes, TableVolume } from './read-row-volumes.ts';

/** What happened to the rows of one table. */
export interface TableRowChange {
  readonly oid: string;
  /** As it is called afterwards; as it was called when it is gone. */
  readonly name: string;
  readonly formerName: string | undefined;
  /** Rows; undefined where the table doesn't exist. */
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly inserted: number;
  readonly updated: number;
  /** With those that went by TRUNCATE or with the table. */
  readonly deleted: number;
  /** How many of the deleted went by TRUNCATE: the difference between what the counters explain and what is there, where the table has a new file. */
  readonly truncated: number;
  /** Dropped and made anew under its name: all its rows came and went. */
  readonly replaced?: true;
  /** The counters hold rows of statements that were rolled back, so they are upper limits. */
  readonly rolledBack: boolean;
  /** Oids of the partitioned tables above, before or after. */
  readonly above: readonly string[];
}

/** Tables whose rows changed, by name. Renames are followed by oid; a table that was dropped and made anew under its name counts as one. */
export function rowChanges(before: RowVolumes, after: RowVolumes): readonly TableRowChange[] {
  const was = new Map(before.tables.map((table) => [table.oid, table]));
  const is = new Map(after.tables.map((table) => [table.oid, table]));
  const replaced = new Set<string>();
  const leaves: TableRowChange[] = [];
  for (const table of after.tables) {
    if (table.partitioned) continue;
    const same = was.get(table.oid);
    const old = same ?? before.tables.find((one) => !is.has(one.oid) && !one.partitioned && tableName(one) === tableName(table));
    if (old !== undefined && same === undefined) replaced.add(old.oid);
    leaves.push(changeOf(old, table, lineOf(table, is), old === undefined ? [] : lineOf(old, was)));
  }
  for (const table of before.tables) {
    if (table.partitioned || is.has(table.oid) || replaced.has(table.oid)) continue;
    leaves.push(changeOf(table, undefined, [], lineOf(table, was)));
  }
  const roots = [...after.tables, ...before.tables.filter(({ oid }) => !is.has(oid))].filter(({ partitioned }) => partitioned);
  const sums = roots.map((root) => sumOf(root, was, is, leaves));
  return [...leaves, ...sums].filter(hasChanged).sort((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0));
}

function hasChanged({ inserted, updated, deleted, before, after }: TableRowChange): boolean {
  return inserted + updated + deleted > 0 || (before ?? 0) !== (after ?? 0);
}

function changeOf(old: TableVolume | undefined, now: TableVolume | undefined, above: readonly string[], wasAbove: readonly string[]): TableRowChange {
  const table = now ?? old;
  if (table === undefined) throw new Error('a change needs a table on one side at least');
  const made = old === undefined || (now !== undefined && old.oid !== now.oid);
  const count = (key: 'inserted' | 'updated' | 'deleted') => (now === undefined ? 0 : now[key] - (made ? 0 : (old?.[key] ?? 0)));
  const inserted = count('inserted');
  const deleted = count('deleted');
  // What the counters can't explain: rows that are gone although nothing deleted them, or that should be here and aren't.
  const missing = (old?.rows ?? 0) + inserted - deleted - (now?.rows ?? 0);
  const newFile = now === undefined || old === undefined || now.file !== old.file;
  const truncated = missing > 0 && newFile ? missing : 0;
  return {
    oid: table.oid,
    name: tableName(table),
    formerName: old === undefined ? undefined : tableName(old),
    before: old?.rows,
    after: now?.rows,
    inserted,
    updated: count('updated'),
    deleted: deleted + truncated,
    // Of a table that is gone, "truncated" would be the wrong word.
    truncated: now === undefined ? 0 : truncated,
    ...(made && old !== undefined ? { replaced: true } : {}),
    rolledBack: missing !== truncated,
    above: [...new Set([...above, ...wasAbove])],
  };
}

function lineOf(table: TableVolume, tables: ReadonlyMap<string, TableVolume>): readonly string[] {
  const line: string[] = [];
  for (let parent = table.parent; parent !== undefined; parent = tables.get(parent)?.parent) line.push(parent);
  return line;
}

function sumOf(
  root: TableVolume,
  was: ReadonlyMap<string, TableVolume>,
  is: ReadonlyMap<string, TableVolume>,
  leaves: readonly TableRowChange[],
): TableRowChange {
  const own = leaves.filter(({ above }) => above.includes(root.oid));
  const sum = (key: 'inserted' | 'updated' | 'deleted' | 'truncated') => own.reduce((total, leaf) => total + leaf[key], 0);
  const old = was.get(root.oid);
  return {
    oid: root.oid,
    name: tableName(root),
    formerName: old === undefined ? undefined : tableName(old),
    before: old?.rows,
    after: is.get(root.oid)?.rows,
    inserted: sum('inserted'),
    updated: sum('updated'),
    deleted: sum('deleted'),
    truncated: sum('truncated'),
    rolledBack: own.some(({ rolledBack }) => rolledBack),
    above: [...new Set([...lineOf(root, is), ...(old === undefined ? [] : lineOf(old, was))])],
  };
}
