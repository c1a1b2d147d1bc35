import { open } from 'node:fs/promises';
import { type Failure, failure } from '../core/failure.ts';

const blockBytes = 512;

/** A tar that was cut off: pg_restore would wait for the rest of it for ever. Each member has a header block with its size, two empty blocks end all. */
export async function checkTar(path: string): Promise<Failure | undefined> {
  await using handle = await open(path, 'r');
  const { size } = await handle.stat();
  for (let at = 0; at + blockBytes <= size; ) {
    const { buffer: header } = await handle.read(Buffer.alloc(blockBytes), 0, blockBytes, at);
    if (header.every((byte) => byte === 0)) return undefined;
    const member = sizeOf(header.subarray(124, 136));
    if (Number.isNaN(member)) return failure('dump-damaged', `${path} holds a header that can’t be read at byte ${at}.`, { place: { file: path } });
    at += blockBytes + Math.ceil(member / blockBytes) * blockBytes;
  }
  return failure('dump-damaged', `${path} ends in the middle: it was cut off.`, { place: { file: path } });
}

/** Octal digits; from 8 GB on, which don't fit, a set first bit and the number itself. */
function sizeOf(field: Buffer): number {
  if (((field[0] ?? 0) & 0x80) !== 0) return Number(field.readBigUInt64BE(4));
  const digits = field
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}
