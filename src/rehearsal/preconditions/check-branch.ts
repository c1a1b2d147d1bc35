import { type Failure, failure } from '../../core/failure.ts';
import type { SystemPort } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';

/** What git has checked out in the project's folder. */
export interface CheckedOut {
  /** Abbreviated. */
  readonly commit: string;
  /** Absent for a commit by itself, as CI checks it out. */
  readonly branch?: string;
  /** Files below the folder that are not as they are committed, ignored ones left out. */
  readonly uncommitted: readonly string[];
}

/** At most this many names in a sentence. */
const namesShown = 5;

/**
 * What is checked out, and whether it is what is deployed: what is rehearsed must be a commit of one of these branches, as it was committed. A commit by itself
 * counts where such a branch holds it, here or as last fetched. Undefined without a repository or git.
 *
 * Fails with `branch-differs`, never where `branches` is absent.
 *
 * @param branches names, `*` for any part of one
 * @example await checkBranch(system, '/shop', ['main', 'release/*'])
 */
export async function checkBranch(system: SystemPort, folder: string, branches: readonly string[] | undefined): Promise<Result<CheckedOut | undefined>> {
  const git = gitIn(system, folder);
  const found = await readCheckedOut(git);
  if (branches === undefined) return ok(found);
  const named = `preconditions.branches names ${branches.join(' and ')}`;
  if (found === undefined) {
    const cure = 'Run where the repository is checked out and git is installed, or leave preconditions.branches out.';
    return fail(failure('branch-differs', `${folder} is in no git repository that can be read, and ${named}`, { object: folder, cure }));
  }
  const problems: Failure[] = [];
  const { branch, commit, uncommitted } = found;
  const isNamed = (name: string) => branches.some((pattern) => isLike(name, pattern));
  if (branch !== undefined && !isNamed(branch)) {
    const cure = 'Check out the branch that is deployed (`git switch …`), or correct preconditions.branches.';
    problems.push(failure('branch-differs', `${branch} is checked out, and ${named}`, { object: branch, cure }));
  }
  if (branch === undefined && !(await branchesWith(git)).some(isNamed)) {
    const cure = 'Check out a commit of the branch that is deployed; a shallow clone of CI may lack the branch, then fetch it.';
    problems.push(failure('branch-differs', `the commit ${commit} is checked out by itself, is on none such, and ${named}`, { object: commit, cure }));
  }
  const [first] = uncommitted;
  if (first !== undefined) {
    const files = `${uncommitted.slice(0, namesShown).join(', ')}${uncommitted.length > namesShown ? ` and ${uncommitted.length - namesShown} others` : ''}`;
    const text = `${files} ${uncommitted.length === 1 ? 'isn’t' : 'aren’t'} committed as ${uncommitted.length === 1 ? 'it stands' : 'they stand'} here`;
    problems.push(
      failure('branch-differs', text, { object: first, cure: 'Commit it, or put it aside (`git stash --include-untracked`), or have git ignore it.' }),
    );
  }
  const [problem, ...others] = problems;
  if (problem === undefined) return ok(found);
  return fail(others.length === 0 ? problem : { ...problem, message: problems.map(({ message }) => message).join('; '), problems });
}

type Git = (...args: readonly string[]) => Promise<string | undefined>;

/** Undefined where git fails, or isn't installed. */
function gitIn(system: SystemPort, folder: string): Git {
  return async (...args) => {
    const ran = await system.run({ command: 'git', args, cwd: folder, env: { GIT_OPTIONAL_LOCKS: '0' } });
    return ran.ok && ran.value.exitCode === 0 ? ran.value.stdout : undefined;
  };
}

async function readCheckedOut(git: Git): Promise<CheckedOut | undefined> {
  const commit = await git('rev-parse', '--short', 'HEAD');
  if (commit === undefined) return undefined;
  const branch = await git('symbolic-ref', '--short', '--quiet', 'HEAD');
  const status = (await git('status', '--porcelain', '--no-renames', '-z', '--', '.')) ?? '';
  // Two letters and a space come before each name.
  const uncommitted = status.split('\0').flatMap((line) => (line === '' ? [] : [line.slice(3)]));
  return { commit: commit.trim(), ...(branch === undefined ? {} : { branch: branch.trim() }), uncommitted };
}

/** Branches that hold what is checked out, those of remotes by their names there. */
async function branchesWith(git: Git): Promise<readonly string[]> {
  const refs = (await git('for-each-ref', '--contains', 'HEAD', '--format=%(refname)', 'refs/heads', 'refs/remotes')) ?? '';
  return refs.split('\n').flatMap((ref) => (ref === '' ? [] : [ref.replace(/^refs\/(?:heads|remotes\/[^/]+)\//, '')]));
}

function isLike(name: string, pattern: string): boolean {
  const escaped = pattern.replace(/[\\^$.+?()[\]{}|]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`, 's').test(name);
}
