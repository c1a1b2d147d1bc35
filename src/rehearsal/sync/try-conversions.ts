import { SqlError } from '../../core/failure.ts';
import type { LiveSource } from '../../core/open-source.ts';
import type { Context } from '../../core/ports.ts';
import type { TableProblem } from '../../core/sync.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import { rowsOf } from '../../sync/tables/table-sql.ts';
import type { TableTask, Trial } from '../../sync/tables/table-task.ts';
import { readAtSnapshot } from './read-at-snapshot.ts';

/**
 * Lets production itself try every conversion on all of a table's values: no value leaves it, only how many would be changed on their way. Empty where all
 * come over as what they are. Throws FailureError, and SqlError where the connection is lost.
 */
export async function tryConversions(context: Context, production: LiveSource, task: TableTask): Promise<readonly TableProblem[]> {
  const problems: TableProblem[] = [];
  for (const trial of task.trials) {
    // Of its own: an error ends a transaction.
    await using session = await readAtSnapshot(context, production);
    try {
      if (trial.needsCast !== undefined) await session.describe(`select (null::${trial.needsCast.from})::${trial.needsCast.to}`);
      if (trial.spoils === undefined) continue;
      const [row] = await session.query<{ spoilt: string; rows: string }>(
        `select pg_catalog.count(*) filter (where ${trial.spoils}) as spoilt, pg_catalog.count(*) as rows from ${rowsOf(task.from)}`,
      );
      if (Number(row?.spoilt) > 0) problems.push(spoilt(task, trial, Number(row?.spoilt), Number(row?.rows)));
    } catch (error) {
      if (!(error instanceof SqlError) || /^(08|57)/.test(error.fields.sqlstate)) throw error;
      problems.push(refused(task, trial, error));
    }
  }
  return problems;
}

function spoilt(task: TableTask, { column, from, to, how }: Trial, count: number, rows: number): TableProblem {
  return {
    column,
    reason: `column ${column} is ${from} in production and ${to} on staging: ${count} of ${rows} rows have a value that would be another one (${how})`,
    cure: cure(task, column),
  };
}

function refused(task: TableTask, { column, from, to, how }: Trial, { fields }: SqlError): TableProblem {
  const said = fields.sqlstate === '42846' ? 'Postgres has no such cast' : task.masked.length > 0 ? 'what production said may quote a value' : fields.message;
  return {
    column,
    sqlstate: fields.sqlstate,
    reason: `column ${column} is ${from} in production and ${to} on staging, and can’t be carried (${how}): ${said} (SQLSTATE ${fields.sqlstate})`,
    cure: cure(task, column),
  };
}

function cure({ schema, name }: TableTask, column: string): string {
  return `Say how it is converted: sync.tables.values["${[schema, name, column].map(quoteIdentifier).join('.')}"].`;
}
