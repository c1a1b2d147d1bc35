import type { RecordedStatement } from '../../core/recording.ts';
import { lockSentence, lockWeight } from '../recording/lock-weight.ts';
import type { RecordedRun } from '../recording/recorded-run.ts';
import type { RecordingCheck, Sighting } from '../recording/recording-check.ts';
import type { IndexFacts } from '../recording/recording-facts.ts';
import { showStatement } from '../recording/show-statement.ts';
import { statementAbout, wordsOf } from '../recording/statement-about.ts';
import { showDuration } from '../show-duration.ts';
import { blockingIndex } from './about.ts';
import { indexWay } from './index-way.ts';

export const blockingIndexCheck: RecordingCheck = { about: blockingIndex, rootCause: 'lock', judge: judgeBlockingIndexes };

export interface BuiltIndex {
  readonly index: IndexFacts;
  readonly statement: RecordedStatement;
}

/** Indexes that were built while a strong lock kept writers out of a table that production has. */
function judgeBlockingIndexes(run: RecordedRun): readonly Sighting[] {
  return builtIndexes(run).flatMap(({ index, statement }): readonly Sighting[] => {
    const tables = leavesOf(run, index.table);
    const concurrent = wordsOf(statement).has('concurrently');
    const hold = run.holdDuring(statement, [index.table, ...tables], concurrent || statement.locks !== undefined ? undefined : 'ShareLock');
    const weight = hold === undefined ? undefined : lockWeight(run, hold, tables);
    if (hold === undefined || weight === undefined) return [];
    return [
      {
        weight,
        object: { kind: 'index', name: index.name },
        title: `Index ${index.name} was built on ${run.nameOf(index.table)} under a lock of ${showDuration(hold.heldMs)}`,
        detail: `${showStatement(statement)}. ${lockSentence(run, hold, tables)}`,
        statement,
        ...indexWay(run, index),
      },
    ];
  });
}

/** New indexes on tables of production, each with the statement that built it. Those of partitions belong to that of their table. */
export function builtIndexes(run: RecordedRun): readonly BuiltIndex[] {
  const before = new Set(run.before.indexes.map(({ oid }) => oid));
  const fresh = run.after.indexes.filter(({ oid, table }) => !before.has(oid) && run.isOfProduction(table));
  const found = fresh.flatMap((index) => {
    const statement = builderOf(run, index);
    return statement === undefined ? [] : [{ index, statement }];
  });
  return found.filter(
    ({ index, statement }) =>
      run.rootOf(index.table) === index.table || !found.some((other) => other.statement === statement && other.index.table === run.rootOf(index.table)),
  );
}

function builderOf(run: RecordedRun, index: IndexFacts): RecordedStatement | undefined {
  const made = run.recording.statements.findLast((one) => one.error === undefined && one.created?.some(({ relation }) => relation === index.oid));
  if (made !== undefined) return made;
  const constraint = run.after.constraints.find((one) => one.index === index.oid && one.table === index.table);
  const kind = constraint === undefined ? ['index'] : constraint.kind === 'primary key' ? ['primary'] : [constraint.kind === 'unique' ? 'unique' : 'exclude'];
  return statementAbout(run, run.rootOf(index.table), ...(constraint === undefined ? [] : [[...kind, constraint.name]]), kind, ['attach'], ['add'], ['create']);
}

/** The tables that rows of a table are in: its partitions where it has some. */
function leavesOf(run: RecordedRun, table: number): readonly number[] {
  const leaves = run.before.tables.filter(({ oid, kind }) => kind === 'table' && oid !== table && run.rootOf(oid) === table).map(({ oid }) => oid);
  return leaves.length === 0 ? [table] : leaves;
}
