import type { RootCause } from '../../core/root-cause.ts';
import type { TrafficError, TrafficSession } from '../../core/traffic.ts';

/** What an error of a session says of the deploy. */
export interface ErrorMeaning {
  /** full: as the team's policy says. less: a warning at most. least: a note at most. doubt: nobody knows what else would have happened. */
  readonly weight: 'full' | 'less' | 'least' | 'doubt';
  readonly rootCause: RootCause;
  readonly detail: string;
  readonly cure?: string;
}

/** The names of what a canary asks for are ours: only what the application sends tells that it still uses them. */
const undefinedNames: ReadonlySet<string> = new Set(['42P01', '42703', '42883', '42704', '3F000']);

/** What an error means that a session met and that it doesn't meet in peace. */
export function meaningOf(session: TrafficSession, error: TrafficError): ErrorMeaning {
  const { sqlstate } = error;
  const own = session.kind === 'replay';
  if (sqlstate === '0A000' && /cached plan/.test(error.message)) {
    const cure =
      'Let the application’s sessions be renewed after the migration (restart it, or reset the pool), or see that its driver prepares again after this error.';
    if (!isWholeRow(error)) {
      return {
        weight: 'less',
        rootCause: 'compatibility',
        detail: 'Sessions that have prepared a statement with a column whose type has changed meet this error, and in a transaction they can’t go on.',
        cure,
      };
    }
    return {
      // Every new column does this, and nobody knows whether the application prepares such a statement unless it is its own.
      weight: own ? 'less' : 'least',
      rootCause: 'compatibility',
      detail:
        'Sessions that have prepared a `select *` meet this error once after the columns of the table have changed, and in a transaction they can’t go on.',
      cure,
    };
  }
  if (undefinedNames.has(sqlstate)) {
    return {
      weight: own ? 'full' : 'less',
      rootCause: 'compatibility',
      detail: own
        ? 'The application’s own statement no longer works.'
        : 'Something that was there before the migrations is no longer there under this name. Whoever still uses it gets the same error.',
    };
  }
  if (sqlstate === '40P01') return { weight: 'full', rootCause: 'lock', detail: 'It was ended because it and another session waited for each other.' };
  if (sqlstate === '55P03' || sqlstate === '57014')
    return { weight: 'full', rootCause: 'lock', detail: `It had to wait for longer than the limit that is set for ${session.user ?? 'its role'}.` };
  if (/^(08|57P)/.test(sqlstate))
    return {
      weight: 'doubt',
      rootCause: 'environment',
      detail: 'Its connection was lost, and from then on it saw nothing.',
      cure: 'Look for what ended the session: the server’s log tells.',
    };
  return { weight: 'full', rootCause: 'compatibility', detail: 'What the application may do and see has changed.' };
}

/** Whether what went stale is the plan of a statement that names no column. */
export function isWholeRow({ sqlstate, statement }: TrafficError): boolean {
  return sqlstate === '0A000' && statement?.startsWith('select * ') === true;
}
