import { type Finding, findingId } from '../../core/finding.ts';
import { showCount } from '../show-count.ts';
import { preservation as about } from './about.ts';
import type { Content } from './content.ts';
import { type DeclaredContentChange, declarationOf } from './declared-change.ts';
import type { ColumnFate } from './follow-columns.ts';

interface Moments {
  readonly before: Content;
  readonly after: Content;
  readonly declared: readonly DeclaredContentChange[];
}

/**
 * Partitions that were dropped with their rows, of tables that hold fewer rows and other values since: as with a table that is dropped, however few they are.
 *
 * @param open fates that nobody has declared
 */
export function droppedPartitions(open: readonly ColumnFate[], { before, after, declared }: Moments): readonly Finding[] {
  const roots = Map.groupBy(
    open.filter(({ fate, to, table }) => fate === 'changed' && to !== undefined && to.table.rows < table.rows),
    ({ table }) => table,
  );
  return [...roots].flatMap(([root, fates]) =>
    root.stores.flatMap((oid): Finding[] => {
      const partition = oid === root.oid || after.tables.has(oid) ? undefined : before.tables.get(oid);
      if (partition === undefined || partition.rows === 0) return [];
      if (fates.every((fate) => declarationOf(declared, { ...fate, table: partition }) !== undefined)) return [];
      const object = { kind: 'table', name: partition.name };
      const fewer = root.rows - (after.tables.get(root.oid)?.rows ?? 0);
      return [
        {
          id: findingId(about.check, object),
          check: about.check,
          phase: about.phase,
          severity: 'blocker',
          rootCause: 'data-loss',
          object,
          title: `${partition.name}, a partition of ${root.name}, was dropped with ${showCount(partition.rows, 'row')}`,
          detail: `${root.name} has ${showCount(fewer, 'row')} fewer than before.`,
          showSql: `select * from ${partition.name} limit 20 -- before migrating`,
          cure: about.cure,
        },
      ];
    }),
  );
}
