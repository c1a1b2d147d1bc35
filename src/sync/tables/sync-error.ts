import { RelayError, SqlError, type SqlErrorFields } from '../../core/failure.ts';
import { qualifiedName } from '../../sql/quote.ts';
import { CommitUnknown } from './commit-steps.ts';
import { copyPlace } from './copy-place.ts';
import { arrivingName } from './relay-tables.ts';
import type { TableTask } from './table-task.ts';

/** Rows came, and aren't what production has. */
export class ContentDiffers extends Error {}

/** Why a table isn't synced: what its result row says. */
export interface TableFailing {
  /** A sentence without a full stop. */
  readonly reason: string;
  readonly cure: string;
  readonly sqlstate?: string;
  readonly column?: string;
  readonly line?: number;
  /** The connection is gone: it says nothing of the table. */
  readonly lost?: 'production' | 'staging';
}

/** What an error means that came while a table was filled. Anything unexpected is a bug, and thrown on. */
export function tableFailing(error: unknown, task: TableTask): TableFailing {
  if (error instanceof ContentDiffers) return { reason: error.message, cure: 'Read which columns; a trigger or rule of staging may change what comes.' };
  if (error instanceof CommitUnknown)
    return {
      reason: `staging was not heard of any more while it committed, and can’t be asked whether it did: ${error.message}`,
      sqlstate: '08007',
      lost: 'staging',
      cure: 'Run again: the table has its old rows or all of production’s, and is replaced either way.',
    };
  if (error instanceof RelayError) return sqlFailing(error.cause, task, error.side === 'source' ? 'production' : 'staging');
  return sqlFailing(error, task, 'staging');
}

/** SQLSTATEs about what values are: production's message may quote one that is masked. */
const aboutValues = /^(0A|20|21|22|23|2F|38|39|44|P0|XX)/;

function sqlFailing(error: unknown, task: TableTask, side: 'production' | 'staging'): TableFailing {
  if (!(error instanceof SqlError)) throw error;
  const { fields } = error;
  const { sqlstate } = fields;
  if (/^(08|57P)/.test(sqlstate))
    return { reason: `the connection to ${side} was lost: ${fields.message}`, sqlstate, lost: side, cure: 'Run again; what was not committed is as it was.' };
  const place = copyPlace(
    fields,
    [task.to.name, arrivingName],
    task.columns.map(({ name }) => name),
  );
  const hidden = side === 'production' && task.masked.length > 0 && aboutValues.test(sqlstate);
  const said = hidden ? 'what it said is left out: it may quote a masked value' : fields.message;
  return { reason: `${side} answered ${sqlstate}: ${said}`, sqlstate, ...place, cure: cureOf(fields, task, side) };
}

function cureOf({ sqlstate, constraint }: SqlErrorFields, task: TableTask, side: 'production' | 'staging'): string {
  const name = qualifiedName(task.schema, task.name);
  if (sqlstate === '42501')
    return side === 'staging' ? 'Use the table’s owner on staging, or grant the right that is named.' : 'Grant production’s role the right that is named.';
  if (sqlstate === '55P03') return 'End what holds the table on staging, or raise sync.staging.lockTimeoutSeconds.';
  if (sqlstate === '53100') return `Make room on ${side}’s disk: old rows take theirs until the new ones are committed, and VACUUM has freed it.`;
  if (sqlstate === '23503') return 'Rows that stay on staging reference rows that production has not: sync their table too, or empty it.';
  if (sqlstate === '23505' && task.mode === 'upsert') return `Another unique key of ${name} has the value already: choose replace.`;
  if (sqlstate.startsWith('23'))
    return `Staging’s ${constraint ?? 'constraint'} doesn’t hold for production’s rows: migrate production first, or exclude the table.`;
  if (sqlstate.startsWith('22') || sqlstate === '42804') return 'Say how the column is converted (sync.tables.values), or exclude the table.';
  return 'Correct what is named, and run again: the table is as it was.';
}
