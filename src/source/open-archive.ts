import { Readable } from 'node:stream';
import { FailureError, failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';

/**
 * The script of an archive (custom, directory or tar format), as `pg_restore --file=-` writes it, with the statements about the database itself. pg_restore's exit
 * code counts: an archive that was cut off is an error at the stream's end.
 */
export async function openArchive(context: Context, pgRestore: string, path: string): Promise<Result<Readable>> {
  const started = await context.edge.system.stream({ command: pgRestore, args: ['--create', '--file=-', path], signal: context.signal });
  if (!started.ok) return started;
  const { stdout, finished } = started.value;
  const read = async function* () {
    try {
      yield* stdout;
    } finally {
      // Whoever stops reading ends pg_restore too.
      stdout.destroy();
    }
    const { exitCode, stderr } = await finished;
    if (exitCode !== 0) throw new FailureError(damaged(path, stderr, exitCode));
  };
  return ok(Readable.from(read(), { objectMode: false }));
}

function damaged(path: string, stderr: string, exitCode: number | null) {
  const unknown = stderr.split('\n').find((line) => /does not support compression|unsupported compression|compression is not supported/i.test(line));
  if (unknown !== undefined) {
    return failure('pg-restore-missing', `The pg_restore that was found can’t unpack ${path}: ${unknown.replace(/^pg_restore: (error: )?/, '')}.`, {
      place: { file: path },
    });
  }
  const said = stderr.split('\n').find((line) => line.includes('error:')) ?? `exit code ${exitCode}`;
  return failure('dump-damaged', `pg_restore can’t read ${path} to its end: ${said.replace(/^pg_restore: /, '')}.`, { place: { file: path } });
}
