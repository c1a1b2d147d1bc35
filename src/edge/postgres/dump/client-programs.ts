import { glob, realpath } from 'node:fs/promises';
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

/** Where packages put several majors side by side: Debian, PGDG for Red Hat, Homebrew on both kinds of Mac, Postgres.app. */
const places = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/{postgresql@*,libpq}/bin',
  '/usr/local/opt/{postgresql@*,libpq}/bin',
  '/Applications/Postgres.app/Contents/Versions/*/bin',
];

/** Every installed program of this name, the oldest major first and of a major the newest first. */
export async function clientPrograms(name: 'pg_dump' | 'pg_restore'): Promise<readonly ClientProgram[]> {
  const folders = new Set((environment('PATH') ?? '').split(delimiter).filter((folder) => folder !== ''));
  for await (const folder of glob(places)) folders.add(folder);
  const files = new Set<string>();
  for (const folder of folders) {
    const file = await realpath(join(folder, name)).catch(() => undefined);
    // Debian's wrapper chooses a version by clusters of its own; what it chooses from is in the list anyway.
    if (file !== undefined && !file.endsWith('/pg_wrapper')) files.add(file);
  }
  const found = await Promise.all([...files].map((path) => describe(path)));
  return found
    .filter((program) => program !== undefined)
    .sort((a, b) => a.major - b.major || b.version.localeCompare(a.version, 'en', { numeric: true }) || a.path.localeCompare(b.path));
}

async function describe(path: string): Promise<ClientProgram | undefined> {
  const said = await run({ command: path, args: ['--version'], timeoutMs: 10_000 });
  const version = said.ok && said.value.exitCode === 0 ? /\(PostgreSQL\) (\d+(?:\.\d+)*\w*)/.exec(said.value.stdout)?.[1] : undefined;
  return version === undefined ? undefined : { path, version, major: Number.parseInt(version, 10) };
}
