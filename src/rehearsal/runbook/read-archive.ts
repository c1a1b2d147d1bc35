import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveReading } from '../../check/server-check/judge-backup.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { readArchiveHeader } from '../../source/archive-header.ts';

/**
 * Reads an archive of pg_dump to its end: what it says of itself, and whether pg_restore can unpack all of it. Its table of contents alone is fine also where
 * the file was cut off.
 *
 * Fails where it isn't there, isn't an archive, or no pg_restore fits.
 */
export async function readArchive(context: Context, folder: string, file: string): Promise<Result<ArchiveReading>> {
  const path = join(folder, file);
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error)
    return fail(failure('dump-damaged', `${file} can’t be read: ${(found as NodeJS.ErrnoException).code}`, { cure: 'Name a backup that is there.' }));
  const headed = found.isDirectory() ? join(path, 'toc.dat') : path;
  const head = await readHead(headed);
  const header = head?.subarray(0, 5).toString('latin1') === 'PGDMP' ? readArchiveHeader(head) : undefined;
  if (header === undefined)
    return fail(
      failure('dump-damaged', `${file} is no archive of pg_dump, so that it can’t be read to its end without running it`, {
        cure: 'Make one with pg_dump -Fc or -Fd, or let somebody attest that it was restored.',
      }),
    );
  const program = await context.edge.postgres.pgRestoreFor(header.version);
  if (!program.ok) return program;
  const restore = async (args: readonly string[]) =>
    await context.edge.system.run({ command: program.value, args: [...args, path], env: { TZ: 'UTC', LC_ALL: 'C' }, signal: context.signal });
  const listed = await restore(['--list']);
  if (!listed.ok) return listed;
  const { madeAtMs, tables, database } = readList(listed.value.stdout);
  const whole = await restore(['--file=/dev/null']);
  if (!whole.ok) return whole;
  const said = whole.value.stderr.split('\n').find((line) => line.includes('error:')) ?? `pg_restore ended with ${whole.value.exitCode}`;
  return ok({
    ...{ file, database: header.database ?? database ?? '', tables, sizeBytes: found.size },
    // The archive's own time is the local one of whoever made it, without a zone.
    madeAtMs: Math.min(madeAtMs ?? Number.POSITIVE_INFINITY, found.mtimeMs),
    ...(whole.value.exitCode === 0 && listed.value.exitCode === 0 ? {} : { unreadable: said.replace(/^pg_restore: (error: )?/, '') }),
  });
}

async function readHead(path: string): Promise<Buffer | undefined> {
  try {
    await using handle = await open(path, 'r');
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
    return buffer.subarray(0, bytesRead);
  } catch {
    return undefined;
  }
}

/** `; Archive created at 2026-11-21 21:00:00 UTC`, and lines such as `3412; 0 16386 TABLE DATA public note owner`. */
function readList(text: string): { readonly madeAtMs: number | undefined; readonly database: string | undefined; readonly tables: readonly string[] } {
  const made = /^; Archive created at (\d+-\d+-\d+) (\d+:\d+:\d+)/m.exec(text);
  const madeAtMs = made === null ? Number.NaN : Date.parse(`${made[1]}T${made[2]}Z`);
  const database = /^;\s+dbname: (.*)$/m.exec(text)?.[1];
  const tables = [...text.matchAll(/^\d+; \d+ \d+ TABLE DATA (.*) \S+$/gm)].map(([, name = '']) => name.replace(' ', '.'));
  return { madeAtMs: Number.isNaN(madeAtMs) ? undefined : madeAtMs, database, tables };
}
