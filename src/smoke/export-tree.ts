import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';

/** The files of a git ref, in a folder of our own. */
export interface Tree {
  /** What the project's folder is there. */
  readonly folder: string;
  readonly commit: string;
}

const minute = 60_000;

/**
 * Writes the files of a git ref into a folder, as a checkout would: with its filters and line ends. The team's repository isn't changed by it, not even by
 * the note that `git worktree add` leaves, so that nothing has to be taken back there after a kill.
 *
 * Fails with `git-ref-unreadable`. Submodules stay empty, and there is no .git in it.
 *
 * @param folder the project's own, anywhere in its repository
 * @param into a folder of our own
 */
export async function exportTree(context: Context, folder: string, ref: string, into: string): Promise<Result<Tree>> {
  const index = join(into, 'index');
  const tree = join(into, 'tree');
  const git = async (args: readonly string[], cwd: string): Promise<Result<string>> => {
    const ran = await context.edge.system.run({
      command: 'git',
      ...{ args, cwd, timeoutMs: 10 * minute, signal: context.signal },
      // An index of our own: the team's, with what they have staged, stays as it is.
      env: { GIT_INDEX_FILE: index, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' },
    });
    if (!ran.ok) return fail(unreadable(ref, ran.failure.message));
    if (ran.value.exitCode !== 0) return fail(unreadable(ref, ran.value.stderr.trim().split('\n').at(-1) ?? 'git says nothing'));
    return ok(ran.value.stdout.trim());
  };
  const commit = await git(['rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`], folder);
  if (!commit.ok) return commit;
  const top = await git(['rev-parse', '--show-toplevel'], folder);
  if (!top.ok) return top;
  const below = await git(['rev-parse', '--show-prefix'], folder);
  if (!below.ok) return below;
  await mkdir(tree, { mode: 0o700 });
  const read = await git(['read-tree', commit.value], top.value);
  if (!read.ok) return read;
  const written = await git(['checkout-index', '--all', '--force', `--prefix=${tree}/`], top.value);
  if (!written.ok) return written;
  await rm(index, { force: true });
  return ok({ folder: join(tree, below.value), commit: commit.value });
}

function unreadable(ref: string, why: string) {
  return failure('git-ref-unreadable', `today’s application could not be taken from the git ref ${ref}: ${why}`, { object: ref });
}
