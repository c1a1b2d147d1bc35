import type { Migration, WayDownHash } from '../../core/migration.ts';
import type { PreflightFinding } from '../../core/preflight.ts';
import { isKnown, type Known } from '../../core/production.ts';
import { type Change, changesOf, judgeChanges } from '../changes.ts';
import { go, noGo, unknown } from '../finding.ts';

export type MigrationFile = Pick<Migration, 'revision' | 'file' | 'sha256'> & WayDownHash;

/** Are the migration files those that were rehearsed, and in that order? Pure. @param then those of the record, undefined where it holds none */
export function judgeMigrationFiles(then: readonly MigrationFile[] | undefined, now: Known<readonly MigrationFile[]>): PreflightFinding {
  const check = 'migration-files';
  if (then === undefined) return unknown(check, 'The record doesn’t say which files were rehearsed.', { cure: 'Rehearse again with this version.' });
  if (!isKnown(now)) return unknown(check, `The migration files could not be read: ${now.unknown}`);
  if (then.length === 0 && now.value.length === 0) {
    return unknown(check, 'Which files the migration command runs isn’t known.', { cure: 'Set migrate.folder, so that they are hashed.' });
  }
  const changes = changesOf(
    then,
    now.value,
    ({ revision }) => revision,
    (was, is): Change | undefined => {
      const one = is ?? was;
      if (one === undefined) return undefined;
      const change = (sentence: string): Change => ({ kind: 'migration', object: one.revision, sentence });
      if (was === undefined) return change(`${one.file} was added after the rehearsal.`);
      if (is === undefined) return change(`${one.file} was removed after the rehearsal.`);
      if (was.sha256 !== is.sha256) return change(`${one.file} was edited after the rehearsal.`);
      // Nobody would find out before the deploy has to be undone.
      return was.downSha256 === is.downSha256 ? undefined : change(`The way down of ${one.revision} was changed after the rehearsal.`);
    },
  );
  const order = (files: readonly MigrationFile[]) => files.map(({ revision }) => revision).join('\n');
  const moved: readonly Change[] =
    changes.length === 0 && order(then) !== order(now.value)
      ? [{ kind: 'migration', object: 'order', sentence: 'The migrations have another order than was rehearsed.' }]
      : [];
  const found = judgeChanges(check, [...changes, ...moved], [], `${now.value.length} migration files are those that were rehearsed.`);
  return found.outcome === 'go' ? found : { ...found, cure: 'Rehearse again with these files, or restore those that were rehearsed.' };
}

/** Is the transcript that was approved the one that was rehearsed? Pure. */
export function judgeTranscript(approved: string | undefined, rehearsed: string | undefined): PreflightFinding {
  const check = 'transcript';
  if (rehearsed === undefined) return unknown(check, 'The record holds no deploy transcript.', { cure: 'Rehearse again with this version.' });
  if (approved === undefined) {
    return unknown(check, 'Nobody has named the transcript that was approved.', {
      cure: `Read deploy-transcript.txt of the run, then give --transcript ${rehearsed}.`,
    });
  }
  if (approved !== rehearsed) {
    return noGo(check, `The approved transcript has the hash ${approved.slice(0, 12)}…; the rehearsed one has ${rehearsed.slice(0, 12)}….`, {
      cure: 'Have the transcript of this run approved, or name the run that was approved with --run.',
    });
  }
  return go(check, `The approved transcript is the one that was rehearsed (${rehearsed.slice(0, 12)}…).`);
}
