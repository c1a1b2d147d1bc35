import type { Event } from '../core/event.ts';
import { withoutLiterals } from './transcript/without-literals.ts';

/** What stands in place of values of rows. */
export const leftOut = '(left out)';

/** Phases whose findings may quote rows: the schema's own are about names and definitions. */
const quotingPhases: ReadonlySet<string> = new Set(['provision', 'fidelity', 'migrate', 'data-gate', 'compatibility', 'rollback']);

/**
 * An event without values of production's rows (`evidence.rowValues: leave-out`): details of server errors, samples in findings, and whatever commands,
 * applications and servers print, since nobody knows what they print. Names, counts, places and SQLSTATEs stay.
 */
export function leaveOutValues(event: Event): Event {
  switch (event.type) {
    case 'output':
      return { ...event, line: leftOut };
    case 'finding': {
      const { detail, expected, actual, showSql, sql, ...told } = event.finding;
      const rest = { ...told, title: withoutAnswer(told.check, told.title) };
      const mayQuote = quotingPhases.has(rest.phase) && rest.differenceClass === undefined;
      if (!mayQuote) return { ...event, finding: withoutValues(event.finding) };
      const kept = {
        ...(detail === undefined ? {} : { detail: leftOut }),
        ...(expected === undefined ? {} : { expected: leftOut }),
        ...(actual === undefined ? {} : { actual: leftOut }),
        ...(showSql === undefined ? {} : { showSql: withoutLiterals(showSql) }),
        ...(sql === undefined ? {} : { sql }),
      };
      return { ...event, finding: withoutValues({ ...rest, ...kept }) };
    }
    case 'gate':
      return withoutValues({ ...event, gate: { ...event.gate, summary: withoutAnswer(event.gate.gate, event.gate.summary) } });
    case 'smoked': {
      const answers = event.report.answers.map(({ detail, said, outcome, ...answer }) => ({
        ...answer,
        outcome,
        said: outcome === 'works' ? said : leftOut,
        ...(detail === undefined ? {} : { detail: leftOut }),
      }));
      return withoutValues({ ...event, report: { ...event.report, answers } });
    }
    case 'failure': {
      // The last lines of a command stand behind its end.
      const message = event.failure.message.replace(/(Its last lines:\n)[\s\S]*$/, `$1${leftOut}`);
      return withoutValues({ ...event, failure: { ...event.failure, message } });
    }
    case 'recorded': {
      // What has a place stands in a file of the repo; what has none was made by a program, perhaps of rows.
      const statements = event.recording.statements.map((one) => (one.place === undefined ? { ...one, text: withoutLiterals(one.text) } : one));
      return withoutValues({ ...event, recording: { ...event.recording, statements } });
    }
    default:
      return withoutValues(event);
  }
}

/** Checks of which nobody knows what they quote: an answer of the application, the name of a test, the value that an invariant gave. */
const quotingChecks = /^(smoke|pgtap|invariant|pooling|query|plan)/;
/** Counts say nothing of a row. */
const counted = /^\d[\d,]* rows? instead of/;

/** Of a sentence such as `The check items: answered 500` what was asked, and not what came back. */
function withoutAnswer(check: string, sentence: string): string {
  const colon = sentence.indexOf(': ');
  if (!quotingChecks.test(check) || counted.test(sentence) || counted.test(sentence.slice(colon + 2))) return sentence;
  if (colon >= 0) return `${sentence.slice(0, colon)}: ${leftOut}`;
  return / instead of /.test(sentence) ? leftOut : sentence;
}

/** Goes through a value of JSON: errors of a server lose what they quote, and other texts what looks like the server's quoting. */
function withoutValues<T>(value: T): T {
  const messages = new Map<string, string>();
  quotingMessages(value, messages);
  if (messages.size === 0) return strip(value) as T;
  const longestFirst = [...messages].sort(([a], [b]) => b.length - a.length);
  return strip(replaceTexts(value, (text) => longestFirst.reduce((left, [message, by]) => left.replaceAll(message, () => by), text))) as T;
}

function replaceTexts(value: unknown, by: (text: string) => string): unknown {
  if (typeof value === 'string') return by(value);
  if (Array.isArray(value)) return value.map((one) => replaceTexts(one, by));
  if (typeof value !== 'object' || value === null) return value;
  const hint = 'sqlstate' in value && 'hint' in value && isRaised(value) ? { hint: leftOut } : {};
  return { ...Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replaceTexts(one, by)])), ...hint };
}

/** What a program of the database itself says (RAISE) may be made of rows, in whatever words, as it likes. */
function isRaised(error: object): boolean {
  const { sqlstate, where } = error as { readonly sqlstate?: unknown; readonly where?: unknown };
  return /^P0/.test(String(sqlstate)) || (typeof where === 'string' && / at RAISE$/m.test(where));
}

/** Messages of an event that may quote rows, each with what is left of it: they are repeated in its other sentences. */
function quotingMessages(value: unknown, found: Map<string, string>): void {
  if (typeof value !== 'object' || value === null) return;
  if ('sqlstate' in value && 'message' in value && typeof value.message === 'string' && value.message !== '') {
    const { message } = value;
    if (isRaised(value)) found.set(message, leftOut);
    // Data exceptions quote the datum.
    else if (/^22/.test(String(value.sqlstate)) && message.includes('"')) found.set(message, message.replace(/"[\s\S]*"/, leftOut));
  }
  for (const one of Object.values(value)) quotingMessages(one, found);
}

function strip(value: unknown): unknown {
  if (typeof value === 'string') return withoutQuotedRows(value);
  if (Array.isArray(value)) return value.map(strip);
  if (typeof value !== 'object' || value === null) return value;
  const isSqlError = 'sqlstate' in value && 'message' in value;
  const entries = Object.entries(value).filter(([key]) => !(isSqlError && (key === 'detail' || key === 'where')));
  return Object.fromEntries(entries.map(([key, one]) => [key, isSqlError && key === 'statement' ? withoutLiterals(String(one)) : strip(one)]));
}

/** How PostgreSQL quotes rows in its messages. */
const quotings: readonly (readonly [RegExp, string])[] = [
  [/(\bKey \([^)]*\))=\([^\n]*?\)(?= (?:already exists|is not present|is still referenced|conflicts|is duplicated|is referenced)|$)/gm, `$1=${leftOut}`],
  [/(conflicts with existing key \([^)]*\))=\([^\n]*\)/g, `$1=${leftOut}`],
  [/(Failing row contains )\([\s\S]*\)/g, `$1${leftOut}`],
  [/(invalid input (?:syntax|value) for [^:\n]+: )"[\s\S]*?"(?=[.,;)\s]|$)/g, `$1${leftOut}`],
  [/(malformed \w+ literal: )"[\s\S]*?"(?=[.,;)\s]|$)/g, `$1${leftOut}`],
  [/(invalid value )"[^"\n]*"( for )/g, `$1${leftOut}$2`],
  [/(\bvalue )"[^"\n]*"( is out of range)/g, `$1${leftOut}$2`],
  [/((?:date\/time|field) (?:field )?value[^:\n]*: )"[^"\n]*"/g, `$1${leftOut}`],
];

function withoutQuotedRows(text: string): string {
  return quotings.reduce((left, [pattern, by]) => left.replace(pattern, by), text);
}
