import type { SqlErrorFields } from '../../core/failure.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import type { StatementRecord } from '../../core/migration.ts';
import type { ObjectName } from '../../core/object-name.ts';
import { showCount } from '../show-count.ts';
import { violatingRows as about } from './about.ts';

export interface ToldViolation {
  /** The table that holds the rows. */
  readonly object: ObjectName;
  readonly constraint: string | undefined;
  /** Undefined where counting took too long. */
  readonly rows: number | undefined;
  /** Lists the rows; where `script` is there, only within it. */
  readonly query: string;
  readonly script?: string;
}

/**
 * Says which rows a failed statement met, as a finding whose `showSql` lists them. No value of a row is in it. A pure function.
 *
 * @example tellViolation(violation, statement, error).showSql // select * from public.item where label is null
 */
export function tellViolation({ object, constraint, rows, query, script }: ToldViolation, statement: StatementRecord, error: SqlErrorFields): Finding {
  const what = rows === undefined ? 'Rows' : showCount(rows, 'row');
  const broken =
    error.sqlstate === '23502' ? `${rows === 1 ? 'has' : 'have'} no value in ${error.column ?? 'a column'}, which NOT NULL asks for` : breaks(rows, constraint);
  const within =
    script === undefined ? '' : ' They come into being within the migration: the script runs what comes before on a copy, lists them, and undoes it all.';
  return {
    id: findingId(about.check, object, constraint ?? error.column ?? error.sqlstate),
    check: about.check,
    phase: about.phase,
    severity: 'blocker',
    rootCause: 'sql-error',
    object,
    title: `${what} of ${object.name} ${broken}`,
    detail: `Statement ${statement.index} of ${statement.migration} failed on them with SQLSTATE ${error.sqlstate}.${within}`,
    migration: statement.migration,
    place: statement.place,
    // The server's detail quotes a row's values: the query shows them to whoever may see them.
    sql: { sqlstate: error.sqlstate, message: error.message },
    cure: about.cure,
    showSql: script ?? `${query};`,
  };
}

function breaks(rows: number | undefined, constraint: string | undefined): string {
  return `${rows === 1 ? 'breaks' : 'break'} ${constraint === undefined ? 'a constraint' : `the constraint ${constraint}`}`;
}
