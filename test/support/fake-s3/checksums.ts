import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** S3's five, written anew so that a mistake of the SDK's would show: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html */
export type Algorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';
export const algorithms: readonly Algorithm[] = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'];

export const isAlgorithm = (text: string): text is Algorithm => (algorithms as readonly string[]).includes(text);
export const headerOf = (algorithm: Algorithm) => `x-amz-checksum-${algorithm.toLowerCase()}`;

/** Base64, as headers have it. */
export function checksumOf(algorithm: Algorithm, content: Uint8Array): string {
  switch (algorithm) {
    case 'CRC32':
      return word(crc32(content)).toString('base64');
    case 'CRC32C':
      return word(crc32c(content)).toString('base64');
    case 'CRC64NVME':
      return crc64nvme(content).toString('base64');
    case 'SHA1':
    case 'SHA256':
      return createHash(algorithm.toLowerCase()).update(content).digest('base64');
  }
}

/** Of the parts' checksums, with how many there are. */
export function compositeOf(algorithm: Algorithm, parts: readonly string[]): string {
  return `${checksumOf(algorithm, Buffer.concat(parts.map((part) => Buffer.from(part, 'base64'))))}-${parts.length}`;
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

const castagnoli = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

function crc32c(content: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of content) value = (castagnoli[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

/** Halves of a table for the reflected polynomial of NVMe: bigints would take seconds for a megabyte. */
const [high, low] = (() => {
  const highs = new Uint32Array(256);
  const lows = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let value = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ 0x9a6c9329ac4bc9b5n : value >> 1n;
    highs[byte] = Number(value >> 32n);
    lows[byte] = Number(value & 0xffffffffn);
  }
  return [highs, lows];
})();

function crc64nvme(content: Uint8Array): Buffer {
  let upper = 0xffffffff;
  let lower = 0xffffffff;
  for (const byte of content) {
    const at = (lower ^ byte) & 0xff;
    lower = (((lower >>> 8) | (upper << 24)) ^ (low[at] ?? 0)) >>> 0;
    upper = ((upper >>> 8) ^ (high[at] ?? 0)) >>> 0;
  }
  return Buffer.concat([word(upper ^ 0xffffffff), word(lower ^ 0xffffffff)]);
}
