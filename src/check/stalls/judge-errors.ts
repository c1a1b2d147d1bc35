import { type Finding, findingId, type Severity } from '../../core/finding.ts';
import type { ObjectName } from '../../core/object-name.ts';
import type { RecordedStatement } from '../../core/recording.ts';
import type { TrafficError, TrafficSession } from '../../core/traffic.ts';
import { showCount } from '../show-count.ts';
import { applicationErrors as about } from './about.ts';
import { type ErrorMeaning, isWholeRow, meaningOf } from './error-meaning.ts';
import { showNames } from './show-names.ts';
import type { StallsInput } from './stalls-input.ts';

/** An error that a session met. */
interface Met {
  readonly session: TrafficSession;
  readonly error: TrafficError;
  readonly object: ObjectName;
}

/** Of so many objects the error is told with its statement. */
const told = 10;

/**
 * A finding for each kind of error that sessions of the traffic met, and for each deadlock of the migrations. The same error on several tables is one finding,
 * since it has one cause.
 */
export function judgeErrors({ report, recording, settings }: StallsInput): readonly Finding[] {
  const policy = settings.record.checks['application-errors'];
  if (policy === 'off') return [];
  const met = report.sessions.flatMap((session) => session.errors.map((error): Met => ({ session, error, object: objectOf(session) })));
  const kinds = Map.groupBy(met, ({ session, error }) => {
    const { weight, rootCause } = meaningOf(session, error);
    return JSON.stringify([error.sqlstate, isWholeRow(error), withoutNames(error.message), weight, rootCause]);
  });
  const deadlocks = recording.statements.filter(({ error }) => error?.sqlstate === '40P01');
  return numbered([...[...kinds.values()].flatMap((kind) => findingOf(kind, policy)), ...deadlocks.map((statement) => deadlockOf(statement, policy))]);
}

function findingOf(kind: readonly Met[], policy: 'blocker' | 'warning' | 'note'): readonly Finding[] {
  const sorted = kind.toSorted((a, b) => compare(a.object.name, b.object.name) || compare(a.session.name, b.session.name));
  const [first] = sorted;
  if (first === undefined) return [];
  const { session, error, object } = first;
  const { weight, rootCause, detail, cure } = meaningOf(session, error);
  const objects = [...new Set(sorted.map((one) => one.object.name))];
  const messages = new Set(sorted.map((one) => one.error.message));
  const message = messages.size === 1 ? error.message : withoutNames(error.message);
  const who = objects.length === 1 ? capital(session.name) : capital(`sessions on ${showNames(objects)}`);
  return [
    {
      id: findingId(about.check, object, `${error.sqlstate}${isWholeRow(error) ? ':whole-row' : ''}`),
      check: about.check,
      phase: about.phase,
      severity: severityOf(weight, policy),
      rootCause,
      object,
      title: `${who}: ${message} (SQLSTATE ${error.sqlstate})`,
      detail: [detail, ...linesOf(sorted, objects)].join('\n'),
      sql: { sqlstate: error.sqlstate, message, statement: error.statement ?? session.statement },
      cure: cure ?? about.cure,
    },
  ];
}

/** For each object what ran there, and how often it failed. */
function linesOf(kind: readonly Met[], objects: readonly string[]): readonly string[] {
  const lines = objects.slice(0, told).flatMap((name) => {
    const here = kind.filter(({ object }) => object.name === name);
    const [first] = here;
    if (first === undefined) return [];
    const { session, error } = first;
    const count = here.reduce((sum, one) => sum + one.error.count, 0);
    const where = objects.length === 1 ? '' : `On ${name}: ${error.message}. `;
    return [
      `${where}It ran: ${error.statement ?? session.statement}`,
      `It failed ${showCount(count, 'time')}, and never before the migrations.`,
      ...(session.callsPerHour === undefined
        ? []
        : [`Production runs it ${session.callsPerHour < 1 ? 'less than once' : `about ${showCount(session.callsPerHour, 'time')}`} an hour.`]),
    ];
  });
  return objects.length > told ? [...lines, `And on ${showNames(objects.slice(told))}.`] : lines;
}

function deadlockOf({ error, migration, place, text }: RecordedStatement, policy: 'blocker' | 'warning' | 'note'): Finding {
  const object = { kind: 'migration', name: migration ?? firstLine(text) };
  return {
    id: findingId(about.check, object, '40P01'),
    check: about.check,
    phase: about.phase,
    severity: policy,
    rootCause: 'lock',
    object,
    title: `A deadlock ended a statement of ${migration ?? 'the migrations'}`,
    detail: error?.detail ?? error?.message ?? '',
    ...(migration === undefined ? {} : { migration }),
    ...(place === undefined ? {} : { place }),
    ...(error === undefined ? {} : { sql: error }),
    cure: 'Lock tables in the order in which the application does, or one in each transaction.',
  };
}

function severityOf(weight: ErrorMeaning['weight'], policy: 'blocker' | 'warning' | 'note'): Severity {
  switch (weight) {
    case 'full':
      return policy;
    case 'less':
      return policy === 'blocker' ? 'warning' : policy;
    case 'least':
      return 'note';
    case 'doubt':
      return 'doubt';
  }
}

/** Two kinds of error may have one SQLSTATE and begin at the same table. */
function numbered(findings: readonly Finding[]): readonly Finding[] {
  const used = new Map<string, number>();
  return findings
    .toSorted((a, b) => compare(a.id, b.id) || compare(a.title, b.title))
    .map((finding) => {
      const times = (used.get(finding.id) ?? 0) + 1;
      used.set(finding.id, times);
      return times === 1 ? finding : { ...finding, id: `${finding.id}:${times}` };
    });
}

function objectOf({ table, statement }: TrafficSession): ObjectName {
  return table === undefined ? { kind: 'statement', name: firstLine(statement) } : { kind: 'table', name: table };
}

/** Messages that differ only in what they name say the same. */
function withoutNames(message: string): string {
  return message.replaceAll(/"[^"]*"/g, '"…"').replaceAll(/\bfor (table|view|materialized view|sequence|schema|function) \S+/g, 'for $1 …');
}

function firstLine(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
