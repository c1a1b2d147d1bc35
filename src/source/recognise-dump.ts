import { open } from 'node:fs/promises';
import { failure } from '../core/failure.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { type ArchiveHeader, readArchiveHeader } from './archive-header.ts';

export type DumpFormat =
  | { readonly kind: 'plain'; readonly compression: 'none' | 'gzip' | 'zstd' }
  | { readonly kind: 'custom'; readonly header: ArchiveHeader };

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
    if (header.format === 'custom') return ok({ kind: 'custom', header });
    return fail(refusal(path, `an archive of pg_dump in ${header.format} format, which is not read yet`));
  }
  if (head.subarray(257, 262).toString('latin1') === 'ustar') return fail(refusal(path, 'a tar archive, which is not read yet'));
  const hex = head.subarray(0, 6).toString('hex');
  if (hex.startsWith('1f8b')) return ok({ kind: 'plain', compression: 'gzip' });
  if (hex.startsWith('28b52ffd')) return ok({ kind: 'plain', compression: 'zstd' });
  const known = refused.find(([magic]) => hex.startsWith(magic));
  if (known !== undefined) return fail(refusal(path, `compressed with ${known[1]}, which is not read`, 'Unpack it first, or compress with gzip or zstd.'));
  if (head.includes(0)) return fail(refusal(path, 'neither SQL text nor an archive of pg_dump'));
  return ok({ kind: 'plain', compression: 'none' });
}

function refusal(path: string, what: string, cure = 'Make the dump with `pg_dump -Fc` (custom format) or `-Fp` (plain SQL).') {
  return failure('dump-refused', `${path} is ${what}.`, { cure, place: { file: path } });
}
