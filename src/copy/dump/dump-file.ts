import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, zstdCompressSync } from 'node:zlib';
import type { DumpFile } from '../../core/dump-manifest.ts';

/** Turns what is written into what only the holder of a key can read. */
export type Seal = (plain: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/** Where a dump's files go. */
export interface DumpFolder {
  readonly path: string;
  /** Absent: files are written as they are. */
  readonly seal?: Seal;
}

/** Pieces of at least this size make packing several times cheaper than those that a socket gives. */
export const pieceBytes = 128 * 1024;

/**
 * Writes one file that only its owner may read, on disk for good when this returns: packed when the name ends in `.zst`, sealed (then `.age` is
 * added to the name) when the folder is. Nothing is left of one that failed. Throws errors of the content and of the file system.
 *
 * @param name relative to the folder; the file must not exist.
 */
export async function writeDumpFile(
  folder: DumpFolder,
  name: string,
  content: string | Buffer | AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<DumpFile> {
  if (folder.seal === undefined && (typeof content === 'string' || Buffer.isBuffer(content)))
    return await writeSmallFile(folder.path, name, Buffer.from(content));
  const fileName = folder.seal === undefined ? name : `${name}.age`;
  const { seal } = folder;
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const hashed = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      yield chunk;
    }
  };
  const stages = [
    Readable.from(typeof content === 'string' || Buffer.isBuffer(content) ? [Buffer.from(content)] : content, { objectMode: false }),
    ...(name.endsWith('.zst') ? [createZstdCompress({ chunkSize: pieceBytes / 2, params: { [constants.ZSTD_c_checksumFlag]: 1 } })] : []),
    ...(seal === undefined ? [] : [(chunks: AsyncIterable<Uint8Array>) => seal(chunks)]),
    hashed,
    createWriteStream(join(folder.path, fileName), { mode: 0o600, flags: 'wx', flush: true, highWaterMark: 256 * 1024 }),
  ];
  try {
    await pipeline(stages as unknown as Parameters<typeof pipeline>[0][], ...(signal === undefined ? [] : [{ signal }]));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await rm(join(folder.path, fileName), { force: true });
    throw error;
  }
  return { name: fileName, sizeBytes, sha256: hash.digest('hex') };
}

/** A stream of streams costs milliseconds, which add up where there are thousands of small tables. */
async function writeSmallFile(folder: string, name: string, content: Buffer): Promise<DumpFile> {
  const bytes = name.endsWith('.zst') ? zstdCompressSync(content, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }) : content;
  await writeFile(join(folder, name), bytes, { mode: 0o600, flag: 'wx', flush: true });
  return { name, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
