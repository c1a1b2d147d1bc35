import type { TableProblem } from '../../core/sync.ts';
import { qualifiedName } from '../../sql/quote.ts';
import { type ForeignKeyFacts, tableKey } from './table-facts.ts';
import type { TableTask } from './table-task.ts';

/** Tables that are filled in one transaction, referenced ones first. */
export interface SyncTransaction {
  readonly tasks: readonly TableTask[];
  /** Foreign keys that are checked at its end only. `alter`: they aren't deferrable, and are made so for this transaction. */
  readonly deferred: readonly { readonly key: ForeignKeyFacts; readonly alter: boolean }[];
}

export interface TransactionPlan {
  readonly transactions: readonly SyncTransaction[];
  readonly refused: readonly { readonly task: TableTask; readonly problems: readonly TableProblem[] }[];
}

/**
 * Which tables share a transaction. Where this role may silence foreign keys, each table has its own, and all keys are checked afterwards; else tables that
 * reference each other have one together.
 */
export function planTransactions(
  tasks: readonly TableTask[],
  foreignKeys: readonly ForeignKeyFacts[],
  { silent, wanted }: { readonly silent: boolean; readonly wanted: 'table' | 'all' },
): TransactionPlan {
  // The largest first, so that no worker is left alone with it.
  const bySize = [...tasks].sort((a, b) => b.from.bytes - a.from.bytes);
  if (silent) {
    const groups = wanted === 'all' ? [bySize] : bySize.map((task) => [task]);
    return { transactions: groups.filter((group) => group.length > 0).map((group) => ({ tasks: group, deferred: [] })), refused: [] };
  }
  const refused = new Map<TableTask, TableProblem[]>();
  let left = bySize;
  // A table that is refused is one more whose rows stay, which may refuse others.
  for (let before = -1; before !== left.length; ) {
    before = left.length;
    const staying = new Set(left.map(tableKey));
    for (const task of left) {
      const problems = foreignKeys.flatMap((key) => hinders(key, task, staying, left));
      if (problems.length > 0) refused.set(task, problems);
    }
    left = left.filter((task) => !refused.has(task));
  }
  const groups = wanted === 'all' ? [left] : connected(left, foreignKeys);
  return {
    transactions: groups
      .filter((group) => group.length > 0)
      .map((group) => ({ tasks: referencedFirst(group, foreignKeys), deferred: deferredIn(group, foreignKeys) })),
    refused: [...refused].map(([task, problems]) => ({ task, problems })),
  };
}

const from = (key: ForeignKeyFacts) => tableKey({ schema: key.schema, name: key.table });
const to = (key: ForeignKeyFacts) => tableKey({ schema: key.toSchema, name: key.toTable });

/** What deleting a table's rows would do to a table whose rows stay. */
function hinders(key: ForeignKeyFacts, task: TableTask, staying: ReadonlySet<string>, tasks: readonly TableTask[]): readonly TableProblem[] {
  if (task.mode !== 'replace' || to(key) !== tableKey(task) || from(key) === tableKey(task)) return [];
  const referencing = tasks.find((other) => tableKey(other) === from(key));
  if (staying.has(from(key)) && referencing?.mode === 'replace') return [];
  const name = qualifiedName(key.schema, key.table);
  const cure = `Sync ${name} too, choose upsert, or use a role that may set session_replication_role.`;
  const effects: Readonly<Record<string, string>> = {
    c: 'delete its rows',
    n: 'set its columns to NULL',
    d: 'set its columns to their defaults',
    r: 'be refused',
  };
  const effect = effects[key.onDelete];
  if (effect !== undefined) return [{ reason: `${name} references it and keeps its rows: replacing would ${effect} (${key.name})`, cure }];
  if (!key.deferrable && !key.owned) return [{ reason: `${name} references it and keeps its rows, and ${key.name} can’t be deferred by this role`, cure }];
  return [];
}

function connected(tasks: readonly TableTask[], foreignKeys: readonly ForeignKeyFacts[]): readonly (readonly TableTask[])[] {
  const group = new Map(tasks.map((task) => [tableKey(task), tableKey(task)]));
  const rootOf = (key: string): string => {
    const parent = group.get(key) ?? key;
    return parent === key ? key : rootOf(parent);
  };
  for (const key of foreignKeys) if (group.has(from(key)) && group.has(to(key))) group.set(rootOf(from(key)), rootOf(to(key)));
  return [...Map.groupBy(tasks, (task) => rootOf(tableKey(task))).values()];
}

/** Of tables that reference each other in a ring, any comes first: those keys are deferred. */
function referencedFirst(tasks: readonly TableTask[], foreignKeys: readonly ForeignKeyFacts[]): readonly TableTask[] {
  const byKey = new Map(tasks.map((task) => [tableKey(task), task]));
  const ordered = new Set<TableTask>();
  const open = new Set<TableTask>();
  const visit = (task: TableTask) => {
    if (ordered.has(task) || open.has(task)) return;
    open.add(task);
    for (const key of foreignKeys) {
      const referenced = from(key) === tableKey(task) ? byKey.get(to(key)) : undefined;
      if (referenced !== undefined) visit(referenced);
    }
    ordered.add(task);
  };
  for (const task of [...tasks].sort((a, b) => (tableKey(a) < tableKey(b) ? -1 : 1))) visit(task);
  return [...ordered];
}

function deferredIn(tasks: readonly TableTask[], foreignKeys: readonly ForeignKeyFacts[]): SyncTransaction['deferred'] {
  const inside = new Set(tasks.map(tableKey));
  return foreignKeys
    .filter((key) => (inside.has(from(key)) || inside.has(to(key))) && (key.deferrable || key.owned))
    .map((key) => ({ key, alter: !key.deferrable }));
}
