import { type Finding, findingId } from '../../core/finding.ts';
import { namesTable } from '../names-table.ts';
import { showCount } from '../show-count.ts';
import { preservation as about } from './about.ts';
import type { Content, TableContent } from './content.ts';
import type { DeclaredContentChange } from './declared-change.ts';
import type { ColumnFate } from './follow-columns.ts';

/**
 * Tables that hold, unlogged, what was in the write-ahead log: every value is there, and the next crash empties them. Whatever table the values went to counts; of one that
 * was unlogged before nothing is said. Pure.
 *
 * Source: https://www.postgresql.org/docs/18/sql-createtable.html, UNLOGGED.
 */
export function unloggedTables(fates: readonly ColumnFate[], before: Content, after: Content, declared: readonly DeclaredContentChange[]): readonly Finding[] {
  const held = new Map<TableContent, TableContent>();
  const see = (was: TableContent, now: TableContent | undefined) => {
    if (!was.unlogged && was.rows > 0 && now?.unlogged === true && now.rows > 0) held.set(now, was);
  };
  // Partitions are followed with their table, and are unlogged by themselves.
  for (const table of before.tables.values()) see(table, after.tables.get(table.oid));
  for (const { table, to } of fates) see(table, to?.table);
  const byName = [...held].sort(([left], [right]) => (left.name < right.name ? -1 : 1));
  return byName.flatMap(([now, was]): readonly Finding[] => {
    if (declared.some(({ table }) => namesTable(table, was) || namesTable(table, now))) return [];
    const object = { kind: 'table', name: now.name };
    return [
      {
        id: findingId(about.check, object, 'unlogged'),
        check: about.check,
        phase: about.phase,
        severity: 'blocker',
        rootCause: 'data-loss',
        object,
        title: `${now.name} is unlogged now: a crash of the server empties it of ${showCount(now.rows, 'row')}, and replicas can’t read it`,
        cure: `End the migration with alter table ${now.name} set logged, or declare in data.contentChanges that its rows may go.`,
      },
    ];
  });
}
