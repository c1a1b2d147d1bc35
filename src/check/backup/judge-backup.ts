import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import { conclude } from '../conclude.ts';
import { backup as about } from './about.ts';
import type { ArchiverFacts } from './read-archiver.ts';

/** What is known of a backup, and by whom. Times are ISO 8601. */
export type BackupWord =
  | { readonly kind: 'attested'; readonly by: string; readonly at: string; readonly text: string }
  | { readonly kind: 'command'; readonly command: string; readonly exitCode: number | null; readonly output: string }
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
  const weighed = weigh(word, now);
  const aged = 'at' in weighed ? ageing(weighed.at, maxAgeHours, now) : weighed;
  const findings = 'at' in aged ? [] : [findingOf(aged)];
  const whose = word.kind === 'attested' ? `, attested by ${word.by}: ${word.text}` : '';
  return conclude({
    gate: 'backup',
    phase: about.phase,
    required: true,
    couldFail: 'at' in weighed || findings.some(({ severity }) => severity === 'blocker'),
    proof:
      'at' in weighed
        ? `${sourceOf(word)} names ${weighed.at}; one of more than ${maxAgeHours} h ago is refused${word.kind === 'attested' ? ', and it is somebody’s word' : ''}`
        : `${sourceOf(word)} was asked`,
    summary: 'at' in aged ? `There is a backup of ${aged.at}${whose}.` : `${aged.title}.`,
    findings,
    startedAt,
  });
}

function weigh(word: BackupWord, now: Date): Weighed {
  switch (word.kind) {
    case 'unknown':
      return { severity: 'doubt', title: `Whether there is a backup could not be found out: ${word.why}` };
    case 'attested':
      return { at: word.at };
    case 'command':
      return weighCommand(word, now);
    case 'archiver':
      return weighArchiver(word);
    default:
      return word satisfies never;
  }
}

/** Times with a zone, as ISO 8601 has them; a blank may stand for the T. */
const times = /\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s?(?:Z|UTC|[+-]\d{2}(?::?\d{2})?)(?![\w:])/g;

function weighCommand({ command, exitCode, output }: Extract<BackupWord, { kind: 'command' }>, now: Date): Weighed {
  if (exitCode !== 0) {
    const how = exitCode === null ? 'was ended' : `ended with ${exitCode}`;
    return {
      severity: 'blocker',
      title: `The command that names the last backup ${how}: ${command}`,
      ...(output.trim() === '' ? {} : { detail: lastLines(output) }),
    };
  }
  const found = [...output.matchAll(times)].map(([text]) => Date.parse(asIso(text))).filter((time) => !Number.isNaN(time));
  const newest = Math.max(...found);
  const title = `What ${command} printed doesn’t say when the last backup was made`;
  if (found.length === 0)
    return { severity: 'doubt', title, detail: `A time with its zone is expected, such as 2026-01-31T02:00:00Z. It printed: ${lastLines(output)}` };
  // A time to come is the end of something, or the clock is wrong: which of the times is the backup's isn't known then.
  if (newest > now.getTime() + clockMs) return { severity: 'doubt', title, detail: `It names ${new Date(newest).toISOString()}, which is yet to come.` };
  return { at: new Date(newest).toISOString() };
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

function weighArchiver({ mode, isStandby, lastArchivedAt, lastFailedAt, lastFailedWal }: Extract<BackupWord, { kind: 'archiver' }>): Weighed {
  if (isStandby) {
    return {
      severity: 'doubt',
      title: 'A standby can’t say whether production’s WAL is archived',
      detail: 'Its counters are its own. Use preconditions.backup.command, or an attestation.',
    };
  }
  if (mode === 'off') return { severity: 'blocker', title: 'Production doesn’t archive its WAL (archive_mode is off)' };
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
