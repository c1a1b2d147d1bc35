import { expect, test } from 'vitest';
import { withSession } from '../../../test/support/session.ts';
import { type BackupWord, judgeBackup } from './judge-backup.ts';
import { readArchiver } from './read-archiver.ts';

const now = new Date('2026-01-31T12:00:00Z');
const judged = (word: BackupWord, maxAgeHours = 24) => {
  const { gate, findings } = judgeBackup({ word, maxAgeHours, now });
  return { outcome: gate.outcome, couldFail: gate.couldFail, title: findings[0]?.title ?? gate.summary, detail: findings[0]?.detail };
};
const command = (output: string, exitCode: number | null = 0, besides = ''): BackupWord => ({
  ...{ kind: 'command', command: './last-backup', exitCode, output, besides },
});
const archiver = (change: Partial<Extract<BackupWord, { kind: 'archiver' }>>): BackupWord => ({
  ...{
    kind: 'archiver',
    mode: 'on',
    isStandby: false,
    keptBy: 'cp %p /wal/%f',
    lastArchivedAt: '2026-01-31T11:59:00.000Z',
    lastFailedAt: null,
    lastFailedWal: null,
  },
  ...change,
});

test('a young backup passes, an old one blocks, and what can’t be told is a doubt', () => {
  const table: readonly [BackupWord, string, RegExp][] = [
    [{ kind: 'attested', by: 'dba', at: '2026-01-31T02:00:00+01:00', text: 'nightly' }, 'passed', /attested by dba: nightly/],
    [{ kind: 'attested', by: 'dba', at: '2026-01-30T11:00:00Z', text: 'nightly' }, 'failed', /25 h ago; 24 h are allowed/],
    [{ kind: 'attested', by: 'dba', at: '2026-02-01T11:00:00Z', text: 'nightly' }, 'inconclusive', /yet to come/],
    // Which of several times is the backup's doesn't matter where all are young, or none.
    [command('base backup 2026-01-30 14:00:00+00\nbase backup 2026-01-31 04:00:00+00\n'), 'passed', /2026-01-30T14:00:00\.000Z/],
    [command('base backup 2026-01-20 04:00:00+00\nbase backup 2026-01-21 04:00:00+00\n'), 'failed', /2026-01-21T04/],
    [command('2026-01-31T11:59:59Z INFO last backup: 2025-12-01T04:00:00Z'), 'inconclusive', /doesn’t say when/],
    [command('ERROR: backup failed at 2026-01-31T04:00:00Z'), 'inconclusive', /tells of an error/],
    [command('2026-01-31T04:00:00Z', 0, 'pg_basebackup: error: no space left'), 'inconclusive', /tells of an error/],
    [command('{"error":false,"failed":0,"stop":"2026-01-31T04:00:00Z"}'), 'passed', /2026-01-31T04/],
    [command('2026-01-31T04:00:00Z', 0, '0 errors, no failures'), 'passed', /2026-01-31T04/],
    [command('2026-01-31T06:00:00.5+0200'), 'passed', /2026-01-31T04:00:00\.500Z/],
    [command('2026-01-31 04:00 UTC'), 'passed', /2026-01-31T04:00:00/],
    [command('2026-01-31T04:00:00Z kept until 2026-03-01T00:00:00Z'), 'inconclusive', /doesn’t say when/],
    [command('2026-01-31 04:00:00'), 'inconclusive', /doesn’t say when/],
    [command('no backup', 3), 'failed', /ended with 3/],
    [command('', null), 'failed', /was ended/],
    [archiver({}), 'passed', /2026-01-31T11:59/],
    [archiver({ keptBy: '/bin/true' }), 'failed', /keeps nothing/],
    [archiver({ keptBy: '' }), 'failed', /archive_command is empty/],
    [archiver({ keptBy: null }), 'passed', /base backup to start from is not seen/],
    [archiver({ mode: 'off' }), 'failed', /archive_mode is off/],
    [archiver({ lastFailedAt: '2026-01-31T11:59:30.000Z' }), 'failed', /archiver fails since/],
    [archiver({ lastFailedAt: '2026-01-31T11:58:30.000Z' }), 'passed', /WAL was archived/],
    [archiver({ lastArchivedAt: null }), 'inconclusive', /archived nothing/],
    [archiver({ isStandby: true }), 'inconclusive', /standby/],
    [archiver({ lastArchivedAt: '2026-01-20T00:00:00.000Z' }), 'failed', /h ago/],
    [{ kind: 'unknown', why: 'nobody is there' }, 'inconclusive', /nobody is there/],
  ];
  for (const [word, outcome, title] of table) {
    expect(judged(word), title.source).toMatchObject({ outcome });
    expect(judged(word).title).toMatch(title);
    if (outcome === 'passed') expect(judged(word).couldFail).toBe(true);
  }
});

test('a command that fails says why, on whichever of its outputs', () => {
  expect(judged(command('', 1, 'date: dump/last-backup: No such file or directory\n')).detail).toBe('date: dump/last-backup: No such file or directory');
  expect(judged(command('looking\n', 1, 'nothing there')).detail).toBe('looking / nothing there');
});

test.each([15, 18] as const)('a server without archiving says so (%i)', async (major) => {
  await withSession(major, '', async (session) => {
    const facts = await readArchiver(session);
    expect(facts).toMatchObject({ mode: 'off', isStandby: false, lastFailedAt: null });
    expect(judged({ kind: 'archiver', ...facts }).outcome).toBe('failed');
  });
});
