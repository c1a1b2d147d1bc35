import { type Finding, findingId, type Severity } from '../../core/finding.ts';
import type { RootCause } from '../../core/root-cause.ts';
import type { TrafficError, TrafficSession } from '../../core/traffic.ts';
import { showCount } from '../show-count.ts';
import { applicationErrors as about } from './about.ts';
import type { StallsInput } from './stalls-input.ts';

interface Meaning {
  /** full: as the team's policy says. less: a warning at most. doubt: nobody knows what else would have happened. */
  readonly weight: 'full' | 'less' | 'doubt';
  readonly rootCause: RootCause;
  readonly detail: string;
  readonly cure?: string;
}

/** A finding for each kind of error that a session of the traffic met, and each deadlock of the migrations. */
export function judgeErrors({ report, recording, settings }: StallsInput): readonly Finding[] {
  const policy = settings.record.checks['application-errors'];
  if (policy === 'off') return [];
  const found = new Map<string, Finding>();
  for (const session of report.sessions) {
    for (const error of session.errors) {
      const finding = findingOf(session, error, policy);
      // The same error of reader and writer is one.
      const known = found.get(finding.id);
      if (known === undefined || (known.severity !== 'blocker' && finding.severity === 'blocker')) found.set(finding.id, finding);
    }
  }
  for (const { error, migration, place, text } of recording.statements) {
    if (error?.sqlstate !== '40P01') continue;
    const object = { kind: 'migration', name: migration ?? text.slice(0, 60) };
    const id = findingId(about.check, object, '40P01');
    found.set(id, {
      id,
      check: about.check,
      phase: about.phase,
      severity: policy,
      rootCause: 'lock',
      object,
      title: `A deadlock ended a statement of ${migration ?? 'the migrations'}`,
      detail: error.detail ?? error.message,
      ...(migration === undefined ? {} : { migration }),
      ...(place === undefined ? {} : { place }),
      sql: error,
      cure: 'Lock tables in the order in which the application does, or one in each transaction.',
    });
  }
  return [...found.values()];
}

function findingOf(session: TrafficSession, error: TrafficError, policy: 'blocker' | 'warning' | 'note'): Finding {
  const { weight, rootCause, detail, cure } = meaningOf(session, error);
  const object = session.table === undefined ? { kind: 'statement', name: firstLine(session.statement) } : { kind: 'table', name: session.table };
  const severity: Severity = weight === 'doubt' ? 'doubt' : weight === 'less' && policy === 'blocker' ? 'warning' : policy;
  return {
    id: findingId(about.check, object, `${error.sqlstate}${wholeRow(error) ? ':whole-row' : ''}`),
    check: about.check,
    phase: about.phase,
    severity,
    rootCause,
    object,
    title: `${capital(session.name)}: ${error.message} (SQLSTATE ${error.sqlstate})`,
    detail: `${detail}\nIt ran: ${error.statement ?? session.statement}\nIt failed ${showCount(error.count, 'time')}, and never before the migrations.`,
    sql: { sqlstate: error.sqlstate, message: error.message, statement: error.statement ?? session.statement },
    cure: cure ?? about.cure,
  };
}

/** The names of what a canary asks for are ours: only what the application sends tells that it still uses them. */
const undefinedNames: ReadonlySet<string> = new Set(['42P01', '42703', '42883', '42704', '3F000']);

function meaningOf(session: TrafficSession, error: TrafficError): Meaning {
  const { sqlstate } = error;
  if (sqlstate === '0A000' && /cached plan/.test(error.message)) {
    return {
      weight: 'less',
      rootCause: 'compatibility',
      detail: wholeRow(error)
        ? 'Sessions that have prepared a `select *` meet this error once after the columns of the table have changed, and in a transaction they can’t go on.'
        : 'Sessions that have prepared a statement with a column whose type has changed meet this error, and in a transaction they can’t go on.',
      cure: 'Let the application’s sessions be renewed after the migration (restart it, or reset the pool), or see that its driver prepares again after this error.',
    };
  }
  if (undefinedNames.has(sqlstate)) {
    const own = session.kind === 'replay';
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
  return { weight: 'full', rootCause: sqlstate === '42501' ? 'privileges' : 'compatibility', detail: 'What the application may do and see has changed.' };
}

function wholeRow({ statement }: TrafficError): boolean {
  return statement?.startsWith('select * ') === true;
}

function firstLine(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
