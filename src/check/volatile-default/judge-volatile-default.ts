import { lockSentence, lockWeight } from '../recording/lock-weight.ts';
import type { RecordedRun } from '../recording/recorded-run.ts';
import type { RecordingCheck, Sighting } from '../recording/recording-check.ts';
import type { ColumnFacts } from '../recording/recording-facts.ts';
import { showStatement } from '../recording/show-statement.ts';
import { wordsOf } from '../recording/statement-about.ts';
import { tablesByRoot } from '../recording/tables-by-root.ts';
import { isByDefault, rewritesOf } from '../rewrite/judge-rewrite.ts';
import { showDuration } from '../show-duration.ts';
import { volatileDefault } from './about.ts';
import { volatileDefaultWay } from './volatile-default-way.ts';

export const volatileDefaultCheck: RecordingCheck = { about: volatileDefault, rootCause: 'lock', judge: judgeVolatileDefaults };

/** Tables written anew for the sake of a new column's default, and for nothing else. */
function judgeVolatileDefaults(run: RecordedRun): readonly Sighting[] {
  return run.recording.statements.flatMap((statement) =>
    rewritesOf(statement).flatMap((rewrites) =>
      tablesByRoot(run, rewrites)
        .filter(({ parts }) => isByDefault(parts))
        .flatMap(({ root, tables }): readonly Sighting[] => {
          const hold = run.holdDuring(statement, tables, 'AccessExclusiveLock');
          const weight = hold === undefined ? undefined : lockWeight(run, hold, tables);
          if (hold === undefined || weight === undefined) return [];
          const columns = filledColumns(run, root).filter(({ name }) => wordsOf(statement).has(name.replaceAll('"', '')));
          const [column] = columns;
          const name = run.nameOf(root);
          const what = columns.map((one) => `column ${one.name} with ${describe(one)}`).join(', ');
          const way = column === undefined ? undefined : volatileDefaultWay(run, root, column);
          return [
            {
              weight,
              object: { kind: 'table', name },
              ...(column === undefined ? {} : { property: column.name }),
              title: `${name} was written anew under a lock of ${showDuration(hold.heldMs)} for a new ${what === '' ? 'column’s default' : what}`,
              detail: `${showStatement(statement)}. ${lockSentence(run, hold, tables)}`,
              statement,
              ...(way === undefined ? {} : { safeWay: way }),
            },
          ];
        }),
    ),
  );
}

/** New columns of a table in which rows get a value of their own. */
function filledColumns(run: RecordedRun, table: number): readonly ColumnFacts[] {
  const before = new Set(run.tableBefore(table)?.columns.map(({ number }) => number));
  return (run.tableAfter(table)?.columns ?? []).filter(({ number, filled }) => filled !== undefined && !before.has(number));
}

function describe({ filled, expression }: ColumnFacts): string {
  if (filled === 'identity') return 'an identity';
  return filled === 'generated' ? `the stored expression ${expression}` : `default ${expression}`;
}
