import { readdir, realpath } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { environment } from '../../system/environment.ts';
import { run } from '../../system/run.ts';

/** A client program of Postgres that is installed here. */
export interface ClientProgram {
  readonly path: string;
  readonly major: number;
  /** As it says: `15.18`. */
  readonly version: string;
}

/**
 * Where packages put several majors side by side, each in a folder with a `bin`: Debian, PGDG for Red Hat, Homebrew on both kinds of Mac, Postgres.app. Looked
 * through by hand, since Node's own search takes 10 ms to load.
 */
const places: readonly (readonly [folder: string, ofMajor: RegExp])[] = [
  ['/usr/lib/postgresql', /^[^.]/],
  ['/usr', /^pgsql-/],
  ['/opt/homebrew/opt', /^(postgresql@.*|libpq)$/],
  ['/usr/local/opt', /^(postgresql@.*|libpq)$/],
  ['/Applications/Postgres.app/Contents/Versions', /^[^.]/],
];

/** Every installed program of this name, the oldest major first and of a major the newest first. */
export async function clientPrograms(name: 'pg_dump' | 'pg_restore'): Promise<readonly ClientProgram[]> {
  const folders = new Set((environment('PATH') ?? '').split(delimiter).filter((folder) => folder !== ''));
  for (const folder of (await Promise.all(places.map(foldersOfMajors))).flat()) folders.add(folder);
  const found = await Promise.all([...folders].map((folder) => realpath(join(folder, name)).catch(() => undefined)));
  // Debian's wrapper chooses a version by clusters of its own; what it chooses from is in the list anyway.
  const files = new Set(found.filter((file) => file !== undefined && !file.endsWith('/pg_wrapper')));
  const programs = await Promise.all([...files].map((path) => (path === undefined ? undefined : describe(path))));
  return programs
    .filter((program) => program !== undefined)
    .sort((a, b) => a.major - b.major || b.version.localeCompare(a.version, 'en', { numeric: true }) || a.path.localeCompare(b.path));
}

async function foldersOfMajors([folder, ofMajor]: (typeof places)[number]): Promise<readonly string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.filter((name) => ofMajor.test(name)).map((name) => join(folder, name, 'bin'));
}

async function describe(path: string): Promise<ClientProgram | undefined> {
  const said = await run({ command: path, args: ['--version'], timeoutMs: 10_000 });
  const version = said.ok && said.value.exitCode === 0 ? /\(PostgreSQL\) (\d+(?:\.\d+)*\w*)/.exec(said.value.stdout)?.[1] : undefined;
  return version === undefined ? undefined : { path, version, major: Number.parseInt(version, 10) };
}
