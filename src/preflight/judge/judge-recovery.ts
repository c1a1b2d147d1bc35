import type { Settings } from '../../config/schema.ts';
import type { PreflightFinding } from '../../core/preflight.ts';
import { isKnown, type Known } from '../../core/production.ts';
import { unreachable } from '../../core/result.ts';
import { go, noGo, unknown } from '../finding.ts';
import type { ArchiverState } from '../read/read-replication.ts';
import type { ServerState } from '../read/read-server.ts';

type Recovery = Settings['preflight']['pointInTimeRecovery'];

export interface RecoveryInput {
  readonly settings: Recovery;
  readonly now: Date;
  readonly server: Known<ServerState>;
  readonly archiver: Known<ArchiverState>;
  /** What the team's command printed: an instant as ISO 8601; undefined where there is no command. */
  readonly printed: Known<string> | undefined;
}

/** Could production be brought back to this moment? By what the team says: the archiver, a command, or a person's word. Pure. */
export function judgeRecovery({ settings, now, server, archiver, printed }: RecoveryInput): PreflightFinding {
  const check = 'point-in-time-recovery';
  const configured = settings ?? { from: 'archiver' as const, maxAgeMinutes: 60 };
  switch (configured.from) {
    case 'attestation': {
      const { by, at, maxAgeHours } = configured;
      const hours = (now.getTime() - Date.parse(at)) / 3_600_000;
      if (hours < 0) return noGo(check, `${by}’s word on it is of ${at}, which is yet to come.`, { cure: 'Correct preflight.pointInTimeRecovery.at.' });
      if (hours > maxAgeHours)
        return noGo(check, `${by} looked ${Math.round(hours)} h ago; ${maxAgeHours} h are allowed.`, { cure: 'Look again, and write down when.' });
      return go(check, `${by} says so, having looked at ${at}.`);
    }
    case 'command': {
      if (printed === undefined || !isKnown(printed)) {
        return unknown(check, `The command that tells it failed: ${printed?.unknown ?? 'it was not run'}.`, {
          cure: 'Correct preflight.pointInTimeRecovery.command.',
        });
      }
      return byAge(now, printed.value, configured.maxAgeMinutes, 'Production can be restored to');
    }
    case 'archiver': {
      if (!isKnown(server)) return unknown(check, `The server could not be asked: ${server.unknown}.`);
      const cure = 'Set preflight.pointInTimeRecovery: a command that prints the latest restorable instant, or who has looked and when.';
      if (server.value.archiveMode === 'off') {
        const sentence = 'archive_mode is off: this server can’t be brought back to a point in time by what it archives itself.';
        return settings === undefined ? unknown(check, sentence, { cure }) : noGo(check, sentence, { cure });
      }
      if (!isKnown(archiver) || archiver.value.lastArchived === null) return unknown(check, 'When WAL was archived last is not known.', { cure });
      const { lastArchived, lastFailed } = archiver.value;
      if (lastFailed !== null && Date.parse(lastFailed) > Date.parse(lastArchived))
        return noGo(check, `Archiving fails since ${lastFailed}.`, { cure: 'Mend archive_command.' });
      return byAge(now, lastArchived, configured.maxAgeMinutes, 'WAL was archived last at');
    }
    default:
      return unreachable(configured);
  }
}

function byAge(now: Date, instant: string, maxMinutes: number, words: string): PreflightFinding {
  const check = 'point-in-time-recovery';
  const minutes = (now.getTime() - Date.parse(instant)) / 60_000;
  // A clock that is a little ahead is no reason to stop; an instant of tomorrow is none to go on.
  if (minutes < -5) return noGo(check, `${words} ${instant}, which is yet to come.`);
  if (minutes <= maxMinutes) return go(check, `${words} ${instant}.`);
  return noGo(check, `${words} ${instant}, ${Math.round(minutes)} min ago; ${maxMinutes} min are allowed.`, {
    cure: 'Make a backup, or raise preflight.pointInTimeRecovery.maxAgeMinutes.',
  });
}
