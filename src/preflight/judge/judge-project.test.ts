import { expect, test } from 'vitest';
import { judgeCommit } from './judge-evidence.ts';
import { judgeMigrationFiles } from './judge-project.ts';

const file = { revision: '1', file: 'm/1.up.sql', sha256: 'a', downSha256: 'b' };
const { downSha256: _, ...withoutDown } = file;

test.each([
  [file, 'go'],
  [{ ...file, sha256: 'c' }, 'no-go'],
  [{ ...file, downSha256: 'c' }, 'no-go'],
  [withoutDown, 'no-go'],
])('a migration and its way down, now %j: %s', (now, outcome) => {
  expect(judgeMigrationFiles([file], { value: [now] }).outcome).toBe(outcome);
});

const commit = { commit: 'a'.repeat(40), dirty: false, tree: 't' };

test('another commit of the same files is as good, and one of others isn’t', () => {
  const merged = { ...commit, commit: 'b'.repeat(40) };
  expect(judgeCommit(commit, merged)).toMatchObject({ outcome: 'go', summary: expect.stringContaining('the same files') });
  expect(judgeCommit(commit, { ...merged, tree: 'u' }).outcome).toBe('no-go');
  expect(judgeCommit(commit, { ...merged, dirty: true }).outcome).toBe('no-go');
  expect(judgeCommit({ commit: commit.commit, dirty: false }, { commit: merged.commit, dirty: false }).outcome).toBe('no-go');
});
