import { failure } from '../../../core/failure.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import { clientPrograms } from './client-programs.ts';

/** The first major whose pg_restore reads an archive format, newest format first (K_VERS_… in pg_backup_archiver.h). */
const readers: readonly (readonly [format: number, major: number])[] = [
  [16, 17],
  [15, 16],
  [14, 12],
  [13, 10],
];

/**
 * An installed pg_restore that reads an archive, of the nearest major that can.
 *
 * @param archive the version in the archive's header, such as `1.16`
 */
export async function pgRestoreFor(archive: string): Promise<Result<string>> {
  const [, main, format] = /^(\d+)\.(\d+)/.exec(archive) ?? [];
  const newest = readers[0]?.[0] ?? 0;
  const needed = readers.find(([known]) => Number(format) >= known)?.[1] ?? 10;
  const isKnown = main === '1' && Number(format) <= newest;
  const installed = await clientPrograms('pg_restore');
  const program = isKnown ? installed.find(({ major }) => major >= needed) : undefined;
  if (program !== undefined) return ok(program.path);
  const have = installed.length === 0 ? 'none is installed' : `installed: ${installed.map(({ version }) => version).join(', ')}`;
  const which = isKnown
    ? `the archive’s format ${archive} needs a pg_restore of PostgreSQL ${needed} or later`
    : `the archive’s format ${archive} is not known`;
  return fail(
    failure('pg-restore-missing', `${which}; ${have}`, {
      object: 'pg_restore',
      cure: isKnown
        ? `Install the client tools: apt install postgresql-client-${needed}, or brew install postgresql@${needed}; or make a plain dump (pg_dump without -F).`
        : 'Make a plain dump (pg_dump without -F), or a custom one with PostgreSQL 18 or earlier.',
    }),
  );
}
