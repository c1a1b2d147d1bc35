import { derivedName } from '../recording/derived-name.ts';
import { showSize } from '../recording/lock-weight.ts';
import type { RecordedRun } from '../recording/recorded-run.ts';
import type { RecordingCheck, Sighting } from '../recording/recording-check.ts';
import type { ConstraintFacts } from '../recording/recording-facts.ts';
import { showStatement } from '../recording/show-statement.ts';
import { statementAbout } from '../recording/statement-about.ts';
import { unindexedForeignKey } from './about.ts';

export const unindexedForeignKeyCheck: RecordingCheck = { about: unindexedForeignKey, rootCause: 'lock', judge: judgeForeignKeys };

/** New foreign keys whose columns no usable index begins with. On a table that is new or small it is only noted: it will grow. */
function judgeForeignKeys(run: RecordedRun): readonly Sighting[] {
  const before = new Set(run.before.constraints.map(({ oid }) => oid));
  return run.after.constraints
    .filter(
      (constraint) => constraint.references !== undefined && constraint.parent === undefined && !before.has(constraint.oid) && !isIndexed(run, constraint),
    )
    .map((constraint): Sighting => {
      const { table, name, references } = constraint;
      const statement = statementAbout(run, table, [name], ['references']);
      const columns = run.columnsOf(table, constraint.columns).map((column) => column.name);
      const on = run.tableAfter(table)?.name ?? run.nameOf(table);
      const index = derivedName(on, `_${columns.map((column) => column.replaceAll('"', '')).join('_')}_idx`);
      const partitioned = run.tableAfter(table)?.kind === 'partitioned table';
      return {
        weight: run.isOfProduction(table) && !run.isSmall([table]) ? 'full' : 'least',
        object: { kind: 'constraint', name: `${name} on ${on}` },
        title: `Foreign key ${name} on ${on} has no index on ${columns.join(', ')}`,
        detail: `${statement === undefined ? 'Seen in the catalogs' : showStatement(statement)}. Deleting from ${run.nameOf(references?.table ?? 0)} reads all of ${on}${showSize(run.sizeOf([table]))} for each row.`,
        ...(statement === undefined ? {} : { statement }),
        safeWay: {
          statements: [`create index ${partitioned ? '' : 'concurrently '}${index} on ${on} (${columns.join(', ')})`],
          notes: partitioned ? ['On a partitioned table index the partitions concurrently first, and attach those.'] : ['Not inside of a transaction.'],
        },
      };
    });
}

function isIndexed(run: RecordedRun, { table, columns }: ConstraintFacts): boolean {
  return run.after.indexes.some((index) => {
    if (index.table !== table || !index.valid || index.partial) return false;
    // In any order: all of them are asked for at once.
    const leading = index.columns.slice(0, columns.length);
    return leading.length === columns.length && columns.every((column) => leading.includes(column));
  });
}
