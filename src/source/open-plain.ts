import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { FailureError, failure } from '../core/failure.ts';

/** The text of a plain dump, unpacked where needed. A packed stream that ends too early is an error of the stream: `dump-damaged`. */
export function openPlain(path: string, compression: 'none' | 'gzip' | 'zstd'): Readable {
  const file = createReadStream(path, { highWaterMark: 1024 * 1024 });
  if (compression === 'none') return file;
  const unpacked = file.pipe(compression === 'gzip' ? createGunzip({ chunkSize: 256 * 1024 }) : createZstdDecompress());
  file.on('error', (error) => unpacked.destroy(error));
  const read = async function* () {
    try {
      yield* unpacked;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new FailureError(failure('dump-damaged', `${path} can’t be unpacked to its end: ${why}.`, { place: { file: path } }));
    } finally {
      file.destroy();
    }
  };
  return Readable.from(read(), { objectMode: false });
}
