import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withFolder } from '../../test/support/temporary-folder.ts';
import { testContext } from '../../test/support/test-context.ts';
import { exportTree } from './export-tree.ts';

test('a ref’s files as a checkout writes them, and the repository stays as it was, with what is staged', async () => {
  await withFolder({ 'shop/app.txt': 'today\n', 'shop/.gitattributes': '*.txt text eol=crlf\n', 'other.txt': 'x' }, async (repository) => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false', ...args], {
        cwd: repository,
        encoding: 'utf8',
      });
    git('init', '--quiet');
    git('add', '--all');
    git('commit', '--quiet', '--message=today');
    git('tag', 'v1');
    const project = join(repository, 'shop');
    writeFileSync(join(project, 'app.txt'), 'tomorrow');
    git('add', '--all');
    const state = () => [git('status', '--porcelain'), git('worktree', 'list'), git('for-each-ref')];
    const before = state();
    await withFolder({}, async (into) => {
      const tree = await exportTree(testContext(), project, 'v1', into);
      if (!tree.ok) throw new Error(tree.failure.message);
      expect(tree.value).toEqual({ folder: join(into, 'tree/shop/'), commit: git('rev-parse', 'v1').trim() });
      expect(readFileSync(join(tree.value.folder, 'app.txt'), 'utf8')).toBe('today\r\n');
    });
    expect(state()).toEqual(before);
    for (const ref of ['v2', '--help', 'HEAD:shop']) {
      await withFolder({}, async (into) =>
        expect(await exportTree(testContext(), project, ref, into), ref).toMatchObject({ ok: false, failure: { code: 'git-ref-unreadable' } }),
      );
    }
  });
  await withFolder({}, async (folder) => {
    mkdirSync(join(folder, 'into'));
    expect(await exportTree(testContext(), folder, 'v1', join(folder, 'into'))).toMatchObject({
      ok: false,
      failure: { message: expect.stringMatching(/not a git repository/) },
    });
  });
});
