import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import { conclude } from '../conclude.ts';
import { backup as about } from './about.ts';
import type { ArchiverFacts } from './read-archiver.ts';

/** What is known of a backup, and by whom. Times are ISO 8601. */
export type BackupWord =
  | { readonly kind: 'attested'; readonly by: string; readonly at: string; readonly text: string }
  | {
      readonly kind: 'command';
      readonly command: string;
      readonly exitCode: number | null;
      readonly output: string;
      /** Standard error, where it succeeded: errors that it went on after stand there. */
      readonly besides?: string;
    }
  | ({ readonly kind: 'archiver' } & ArchiverFacts)
  | { readonly kind: 'unknown'; readonly why: string };

export interface BackupInput {
  readonly word: BackupWord;
  readonly maxAgeHours: number;
  readonly now: Date;
}

/** A verdict on one word: when the backup is of, or what is wrong. */
type Weighed = { readonly at: string } | { readonly severity: 'blocker' | 'doubt'; readonly title: string; readonly detail?: string };

const hourMs = 3_600_000;
/** Clocks of two machines differ a little. */
const clockMs = 5 * 60_000;

/**
 * Judges whether there is a backup that is young enough. A pure function. What can't be found out is a doubt: it is neither taken for a backup nor for its absence.
 *
 * @example judgeBackup({ word: { kind: 'attested', by: 'dba', at: '2026-01-31T02:00:00Z', text: 'nightly base backup' }, maxAgeHours: 24, now: new Date() })
 */
export function judgeBackup({ word, maxAgeHours, now }: BackupInput): CheckOutcome {
  const startedAt = performance.now();
  const weighed = weigh(word, maxAgeHours, now);
  const aged = 'at' in weighed ? ageing(weighed.at, maxAgeHours, now) : weighed;
  const findings = 'at' in aged ? [] : [findingOf(aged)];
  return conclude({
    gate: 'backup',
    phase: about.phase,
    required: true,
    couldFail: 'at' in weighed || findings.some(({ severity }) => severity === 'blocker'),
    proof:
      'at' in weighed
        ? `${sourceOf(word)} names ${weighed.at}; one of more than ${maxAgeHours} h ago is refused${word.kind === 'attested' ? ', and it is somebody’s word' : ''}`
        : `${sourceOf(word)} was asked`,
    summary: 'at' in aged ? summaryOf(word, aged.at) : `${aged.title}.`,
    findings,
    startedAt,
  });
}

function weigh(word: BackupWord, maxAgeHours: number, now: Date): Weighed {
  switch (word.kind) {
    case 'unknown':
      return { severity: 'doubt', title: `Whether there is a backup could not be found out: ${word.why}` };
    case 'attested':
      return { at: word.at };
    case 'command':
      return weighCommand(word, maxAgeHours, now);
    case 'archiver':
      return weighArchiver(word);
    default:
      return word satisfies never;
  }
}

/** Times with a zone, as ISO 8601 has them; a blank may stand for the T. */
const times = /\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s?(?:Z|UTC|[+-]\d{2}(?::?\d{2})?)(?![\w:])/g;

/** Words of a failure that isn't said to be none: `"error":false` and `0 failed` are no failure. */
const trouble = /\b(?:error|fatal|failed|failure|panic)\b(?!"?\s*[:=]\s*(?:"?(?:0|none|false|null)\b|""))/i;
const noTrouble = /\b(?:0|no|without)\s+(?:errors?|failed|failures?)\b/gi;

function weighCommand({ command, exitCode, output, besides = '' }: Extract<BackupWord, { kind: 'command' }>, maxAgeHours: number, now: Date): Weighed {
  if (exitCode !== 0) {
    const how = exitCode === null ? 'was ended' : `ended with ${exitCode}`;
    // Why, it says on its standard error more likely than not.
    const said = [output, besides].map((text) => text.trim()).filter((text) => text !== '');
    return {
      severity: 'blocker',
      title: `The command that names the last backup ${how}: ${command}`,
      ...(said.length === 0 ? {} : { detail: lastLines(said.join('\n')) }),
    };
  }
  const found = [...output.matchAll(times)].map(([text]) => Date.parse(asIso(text))).filter((time) => !Number.isNaN(time));
  const newest = Math.max(...found);
  const title = `What ${command} printed doesn’t say when the last backup was made`;
  if (found.length === 0)
    return { severity: 'doubt', title, detail: `A time with its zone is expected, such as 2026-01-31T02:00:00Z. It printed: ${lastLines(output)}` };
  // A time to come is the end of something, or the clock is wrong: which of the times is the backup's isn't known then.
  if (newest > now.getTime() + clockMs) return { severity: 'doubt', title, detail: `It names ${new Date(newest).toISOString()}, which is yet to come.` };
  const said = [output, besides].find((text) => trouble.test(text.replaceAll(noTrouble, '')));
  if (said !== undefined) return { severity: 'doubt', title: `${command} ended with 0, and tells of an error`, detail: lastLines(said) };
  // A line of a log begins with its own time, which is always young: only where all of the times say the same does it not matter which is the backup's.
  const isYoung = (time: number) => now.getTime() - time <= maxAgeHours * hourMs;
  const oldest = Math.min(...found);
  if (isYoung(newest) && !isYoung(oldest)) {
    const names = `It names ${new Date(oldest).toISOString()} and ${new Date(newest).toISOString()}: which is the last backup’s can’t be told.`;
    return { severity: 'doubt', title, detail: `${names} Let it print that one time alone.` };
  }
  return { at: new Date(isYoung(oldest) ? oldest : newest).toISOString() };
}

function asIso(text: string): string {
  const zoned = text
    .replace(/\s?UTC$/, 'Z')
    .replace(/\s(?=[+-]\d{2})/, '')
    .replace(',', '.');
  const withT = zoned.replace(/^(\d{4}-\d{2}-\d{2}) /, '$1T').replace(/\sZ$/, 'Z');
  return withT.replace(/([+-]\d{2})(\d{2})?$/, (whole, hours: string, minutes: string | undefined) =>
    /:\d{2}$/.test(whole) ? whole : `${hours}:${minutes ?? '00'}`,
  );
}

/** Commands that succeed and keep nothing; switched off in this way, archiving needs no restart to be switched on again. */
const keepsNothing = /^(?:(?:\/usr)?(?:\/bin\/)?true|:|exit 0|rem|cd \.|echo\b[^|&;>]*)\s*;?$/i;

function weighArchiver({ mode, isStandby, keptBy, lastArchivedAt, lastFailedAt, lastFailedWal }: Extract<BackupWord, { kind: 'archiver' }>): Weighed {
  if (isStandby) {
    return {
      severity: 'doubt',
      title: 'A standby can’t say whether production’s WAL is archived',
      detail: 'Its counters are its own. Use preconditions.backup.command, or an attestation.',
    };
  }
  if (mode === 'off') return { severity: 'blocker', title: 'Production doesn’t archive its WAL (archive_mode is off)' };
  if (keptBy !== null && (keptBy.trim() === '' || keepsNothing.test(keptBy.trim()))) {
    return {
      severity: 'blocker',
      title: `Production keeps nothing of its WAL: archive_mode is ${mode}, and archive_command is ${keptBy.trim() === '' ? 'empty' : `“${keptBy.trim()}”`}`,
      detail: 'pg_stat_archiver counts what such a command was given as archived.',
    };
  }
  if (lastFailedAt !== null && (lastArchivedAt === null || Date.parse(lastFailedAt) > Date.parse(lastArchivedAt))) {
    return {
      severity: 'blocker',
      title: `Production’s WAL archiver fails since ${lastFailedAt}`,
      detail: `The file ${lastFailedWal ?? 'that it failed at'} was not archived.`,
    };
  }
  if (lastArchivedAt === null) return { severity: 'doubt', title: 'Production’s WAL archiver has archived nothing since its counters began' };
  return { at: lastArchivedAt };
}

function ageing(at: string, maxAgeHours: number, now: Date): Weighed {
  const ageMs = now.getTime() - Date.parse(at);
  if (Number.isNaN(ageMs)) return { severity: 'doubt', title: `The time of the last backup can’t be read: ${at}` };
  if (ageMs < -clockMs) return { severity: 'doubt', title: `The last backup is said to be of ${at}, which is yet to come` };
  if (ageMs <= maxAgeHours * hourMs) return { at };
  return { severity: 'blocker', title: `The last backup is of ${at}, ${Math.floor(ageMs / hourMs)} h ago; ${maxAgeHours} h are allowed` };
}

/** WAL alone brings nothing back: what it is applied to isn't seen by who asks the archiver. */
function summaryOf(word: BackupWord, at: string): string {
  if (word.kind === 'archiver') return `WAL was archived at ${at}; whether there is a base backup to start from is not seen.`;
  return `There is a backup of ${at}${word.kind === 'attested' ? `, attested by ${word.by}: ${word.text}` : ''}.`;
}

function sourceOf(word: BackupWord): string {
  switch (word.kind) {
    case 'attested':
      return `the attestation of ${word.by}`;
    case 'command':
      return word.command;
    case 'archiver':
      return 'pg_stat_archiver of production';
    case 'unknown':
      return 'nobody';
    default:
      return word satisfies never;
  }
}

function findingOf({ severity, title, detail }: Extract<Weighed, { severity: string }>): Finding {
  const object = { kind: 'backup', name: 'production' };
  return {
    ...{ id: findingId(about.check, object), check: about.check, phase: about.phase, severity, rootCause: 'environment' },
    ...{ object, title, cure: about.cure },
    ...(detail === undefined ? {} : { detail }),
  };
}

function lastLines(output: string): string {
  return output.trim().split('\n').slice(-3).join(' / ').slice(0, 400);
}
