import { open } from 'node:fs/promises';
import { failure } from '../core/failure.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { type ArchiveHeader, readArchiveHeader } from './archive-header.ts';

export type DumpFormat =
  | { readonly kind: 'plain'; readonly compression: 'none' | 'gzip' | 'zstd' }
  /** pg_restore tells its formats apart itself. */
  | { readonly kind: 'archive'; readonly header: ArchiveHeader };

/** Formats that are known and not read, by their first bytes. */
const refused: readonly (readonly [magic: string, name: string])[] = [
  ['425a68', 'bzip2'],
  ['fd377a585a00', 'xz'],
  ['04224d18', 'lz4'],
  ['504b0304', 'zip'],
];

/** Tells a dump's format from its first bytes; names and endings don't count. */
export async function recogniseDump(path: string): Promise<Result<DumpFormat>> {
  const handle = await open(path, 'r');
  const head = Buffer.alloc(4096);
  try {
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    return recognise(head.subarray(0, bytesRead), path);
  } finally {
    await handle.close();
  }
}

function recognise(head: Buffer, path: string): Result<DumpFormat> {
  const place = { file: path };
  if (head.length === 0) return fail(failure('dump-damaged', `${path} is empty.`, { place }));
  if (head.subarray(0, 5).toString('latin1') === 'PGDMP') {
    const header = readArchiveHeader(head);
    if (header === undefined) return fail(failure('dump-damaged', `${path} begins like an archive of pg_dump but ends within its header.`, { place }));
    // toc.dat of a directory has such a header too; in a tar it stands behind the tar's own.
    return ok({ kind: 'archive', header });
  }
  if (head.subarray(257, 262).toString('latin1') === 'ustar') return recogniseTar(head, path);
  const hex = head.subarray(0, 6).toString('hex');
  if (hex.startsWith('1f8b')) return ok({ kind: 'plain', compression: 'gzip' });
  if (hex.startsWith('28b52ffd')) return ok({ kind: 'plain', compression: 'zstd' });
  const known = refused.find(([magic]) => hex.startsWith(magic));
  if (known !== undefined) return fail(refusal(path, `compressed with ${known[1]}, which is not read`, 'Unpack it first, or compress with gzip or zstd.'));
  if (head.includes(0)) return fail(refusal(path, 'neither SQL text nor an archive of pg_dump'));
  return ok({ kind: 'plain', compression: 'none' });
}

const tarHeaderBytes = 512;

/** pg_dump's tar format begins with the file toc.dat; any other tar is somebody's folder. */
function recogniseTar(head: Buffer, path: string): Result<DumpFormat> {
  const isDump = head.subarray(0, 8).toString('latin1') === 'toc.dat\0' && head.subarray(tarHeaderBytes, tarHeaderBytes + 5).toString('latin1') === 'PGDMP';
  if (!isDump) return fail(refusal(path, 'a tar archive that pg_dump did not make', 'Unpack it first, and name the dump in it.'));
  const header = readArchiveHeader(head.subarray(tarHeaderBytes));
  if (header !== undefined) return ok({ kind: 'archive', header });
  return fail(failure('dump-damaged', `${path} begins like a tar of pg_dump but ends within its header.`, { place: { file: path } }));
}

function refusal(path: string, what: string, cure = 'Make the dump with pg_dump, in whatever format.') {
  return failure('dump-refused', `${path} is ${what}.`, { cure, place: { file: path } });
}
