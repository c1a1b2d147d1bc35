import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import type { DumpFile } from '../core/dump-manifest.ts';
import { FailureError, failure } from '../core/failure.ts';
import type { Unseal } from './unseal.ts';

const chunkBytes = 256 * 1024;

/**
 * The content of a dump folder's file, decrypted where its name ends in `.age`, unpacked where it ends in `.zst` before that. Size and SHA-256 are
 * checked while it is read: damage is an error of the stream, a FailureError with `dump-damaged` that names the file.
 */
export function readDumpFile(folder: string, file: DumpFile, unseal: Unseal | undefined): Readable {
  return Readable.from(checked(folder, file, unseal), { objectMode: false, highWaterMark: chunkBytes });
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
    const why = error instanceof Error ? error.message : String(error);
    throw new FailureError(failure('dump-damaged', `${path} can’t be read to its end: ${why}.`, { object: file.name, place: { file: path } }));
  } finally {
    await bytes.return();
  }
  const is =
    sizeBytes !== file.sizeBytes ? `has ${sizeBytes} bytes, but the manifest says ${file.sizeBytes}` : 'was changed: its SHA-256 is not the manifest’s';
  if (sizeBytes !== file.sizeBytes || hash.digest('hex') !== file.sha256) {
    throw new FailureError(failure('dump-damaged', `${path} ${is}.`, { object: file.name, place: { file: path } }));
  }
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
