import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SystemPort } from '../core/ports.ts';

/** Where a build keeps its extension scripts and its loadable libraries. */
export interface BuildFolders {
  readonly extensions: string;
  readonly libraries: string;
}

/** Finds them beside the binaries as pg_config says, or, where that isn't installed, in the usual places. */
export async function buildFolders(system: SystemPort, binFolder: string, major: number): Promise<BuildFolders | undefined> {
  const prefix = dirname(binFolder);
  const configured = await system.run({ command: join(binFolder, 'pg_config'), args: ['--sharedir', '--pkglibdir'], timeoutMs: 10_000 });
  const [share, library] = configured.ok && configured.value.exitCode === 0 ? configured.value.stdout.split('\n').map((line) => line.trim()) : [];
  const candidates: readonly (readonly [share: string | undefined, library: string | undefined])[] = [
    [share, library],
    [join(prefix, 'share/postgresql'), join(prefix, 'lib/postgresql')],
    [join(prefix, 'share'), join(prefix, 'lib')],
    [`/usr/share/postgresql/${major}`, `/usr/lib/postgresql/${major}/lib`],
    ['/usr/share/pgsql', '/usr/lib64/pgsql'],
  ];
  for (const [shareFolder, libraries] of candidates) {
    if (!shareFolder || !libraries) continue;
    const extensions = join(shareFolder, 'extension');
    if (
      await access(join(extensions, 'plpgsql.control')).then(
        () => true,
        () => false,
      )
    )
      return { extensions, libraries };
  }
  return undefined;
}
