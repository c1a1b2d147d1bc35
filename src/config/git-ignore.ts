import { existsSync, statSync } from 'node:fs';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { type Failure, failure } from '../core/failure.ts';
import type { SystemPort } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';

/** Files that keep an otherwise ignored folder in git, and hold no data. */
const placeholders = new Set(['.gitignore', '.gitkeep']);

/**
 * Makes sure that git would not commit what is written into these folders: each must be ignored and hold no tracked file. Outside a repository, and where git
 * isn't installed, there is nothing to check.
 *
 * Fails with `dump-not-ignored`; `problems` name every folder and tracked file.
 *
 * @param folder absolute path that `paths` are relative to
 */
export async function checkIgnored(system: SystemPort, folder: string, paths: readonly string[]): Promise<Result<void>> {
  const problems: Failure[] = [];
  for (const path of paths) {
    const checked = await problemsOf(system, folder, path);
    if (!checked.ok) return checked;
    problems.push(...checked.value);
  }
  const [first] = problems;
  if (first === undefined) return ok();
  return fail(problems.length === 1 ? first : failure('dump-not-ignored', `git would commit data: ${problems.length} problems`, { problems }));
}

async function problemsOf(system: SystemPort, folder: string, path: string): Promise<Result<readonly Failure[]>> {
  const absolute = resolve(folder, path);
  // Asked from the folder itself or its nearest parent that exists, so that a dump folder in another repository is checked against that one.
  let from = absolute;
  while (!existsSync(from) || !statSync(from).isDirectory()) from = dirname(from);
  const git = (...args: string[]) =>
    // The answer only concerns ignore rules, so a repository that belongs to another user is no danger, as long as none of its programs is started.
    system.run({ command: 'git', args: ['-c', 'safe.directory=*', '-c', 'core.fsmonitor=false', '-C', from, ...args], env: { GIT_OPTIONAL_LOCKS: '0' } });

  const inside = await git('rev-parse', '--is-inside-work-tree');
  if (!inside.ok) return inside.failure.code === 'command-not-found' ? ok([]) : inside;
  if (inside.value.stdout.trim() !== 'true') return ok([]);

  const rest = relative(from, absolute) || '.';
  const isFile = existsSync(absolute) && !statSync(absolute).isDirectory();
  // A file inside is asked for, since a rule such as `dump/*` ignores all that a folder holds but not the folder.
  const ignored = await git('check-ignore', '--quiet', '--', isFile ? rest : join(rest, 'any-file'));
  if (!ignored.ok) return ignored;
  const tracked = await git('ls-files', '-z', '--', rest);
  if (!tracked.ok) return tracked;

  const problems: Failure[] = [];
  if (ignored.value.exitCode !== 0) {
    problems.push(
      failure('dump-not-ignored', `${path} is inside a git repository and not ignored`, {
        object: path,
        cure: `Add \`${ignoreLine(folder, path)}\` to .gitignore, or run \`pgrehearse init\`.`,
      }),
    );
  }
  for (const file of tracked.value.stdout.split('\0').filter((name) => name !== '' && !placeholders.has(basename(name)))) {
    problems.push(
      failure('dump-not-ignored', `git tracks ${join(from, file)}, which lies in ${path}`, {
        object: file,
        cure: `Run \`git rm --cached ${file}\`; if it was pushed, take it out of the history too.`,
      }),
    );
  }
  return ok(problems);
}

/**
 * Adds folders to the .gitignore of `folder`, which is made where there is none. What already stands there stays.
 *
 * @returns the lines that were added
 */
export async function addToGitIgnore(folder: string, paths: readonly string[]): Promise<readonly string[]> {
  const file = join(folder, '.gitignore');
  const text = existsSync(file) ? await readFile(file, 'utf8') : '';
  const present = new Set(text.split('\n').map((line) => line.trim().replace(/^\//, '').replace(/\/$/, '')));
  const added = paths.map((path) => ignoreLine(folder, path)).filter((line) => !present.has(line.slice(1, -1)));
  if (added.length > 0) await appendFile(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${added.join('\n')}\n`);
  return added;
}

/** Makes a folder of ours ignore itself, for places where nobody has run `init`: it gets a .gitignore that ignores all in it. */
export async function ignoreItself(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, '.gitignore');
  if (!existsSync(file)) await writeFile(file, '*\n');
}

/** @example ignoreLine('/repo', 'dump') // '/dump/' */
function ignoreLine(folder: string, path: string): string {
  return `/${relative(folder, resolve(folder, path)).replaceAll('\\', '/')}/`;
}
