import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createZstdDecompress, zstdDecompressSync } from 'node:zlib';
import type { DumpFile, DumpRows } from '../core/dump-manifest.ts';
import { FailureError, failure } from '../core/failure.ts';
import type { Unseal } from './unseal.ts';

const chunkBytes = 256 * 1024;
const smallBytes = 256 * 1024;

/**
 * The content of a dump folder's file, decrypted where its name ends in `.age`, unpacked where it ends in `.zst` before that. Size and SHA-256 are
 * checked while it is read: damage is an error of the stream, a FailureError with `dump-damaged` that names the file.
 */
export function readDumpFile(folder: string, file: DumpFile | DumpRows, unseal: Unseal | undefined): Readable {
  if (unseal === undefined && 'bytes' in file && file.bytes <= smallBytes) return Readable.from(small(folder, file), { objectMode: false });
  return Readable.from(checked(folder, file, unseal), { objectMode: false, highWaterMark: chunkBytes });
}

/** A stream of streams costs milliseconds, which add up where there are thousands of small tables: such files are read at once. */
async function* small(folder: string, file: DumpRows): AsyncGenerator<Uint8Array> {
  const path = join(folder, file.name);
  const packed = await readFile(path).catch((error: Error) => {
    throw unreadable(path, file, error.message);
  });
  verify(path, file, packed.length, createHash('sha256').update(packed).digest('hex'));
  try {
    yield zstdDecompressSync(packed, { maxOutputLength: Math.max(1, file.bytes) });
  } catch (error) {
    throw unreadable(path, file, error instanceof Error ? error.message : String(error));
  }
}

async function* checked(folder: string, file: DumpFile, unseal: Unseal | undefined): AsyncGenerator<Uint8Array> {
  const path = join(folder, file.name);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const raw = async function* () {
    for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      yield chunk;
    }
  };
  const bytes = raw();
  try {
    const plain = unseal === undefined ? bytes : unseal(bytes, path);
    if (file.name.replace(/\.age$/, '').endsWith('.zst')) yield* unpacked(plain);
    else yield* plain;
    // A packed stream may end before its file does.
    for await (const _ of bytes);
  } catch (error) {
    if (error instanceof FailureError) throw error;
    throw unreadable(path, file, error instanceof Error ? error.message : String(error));
  } finally {
    await bytes.return();
  }
  verify(path, file, sizeBytes, hash.digest('hex'));
}

function unreadable(path: string, { name }: DumpFile, why: string): FailureError {
  return new FailureError(failure('dump-damaged', `${path} can’t be read to its end: ${why}.`, { object: name, place: { file: path } }));
}

function verify(path: string, file: DumpFile, sizeBytes: number, sha256: string): void {
  if (sizeBytes === file.sizeBytes && sha256 === file.sha256) return;
  const is =
    sizeBytes !== file.sizeBytes ? `has ${sizeBytes} bytes, but the manifest says ${file.sizeBytes}` : 'was changed: its SHA-256 is not the manifest’s';
  throw new FailureError(failure('dump-damaged', `${path} ${is}.`, { object: file.name, place: { file: path } }));
}

async function* unpacked(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(packed, { objectMode: false, highWaterMark: chunkBytes });
  const zstd = createZstdDecompress({ chunkSize: chunkBytes });
  source.on('error', (error) => zstd.destroy(error));
  source.pipe(zstd);
  try {
    yield* zstd;
  } finally {
    source.destroy();
  }
}
