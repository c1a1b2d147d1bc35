import { crc32 } from 'node:zlib';

/**
 * What Flyway records of a file: CRC-32 over its lines in UTF-8, without their ends and without a byte order mark, as a signed 32-bit number. Placeholders count as they
 * are written. From ChecksumCalculator.java of Flyway 6 to 10.
 *
 * @example flywayChecksum('select 1;\r\n') === flywayChecksum('select 1;')
 */
export function flywayChecksum(text: string): number {
  return crc32(text.replace(/^\uFEFF/, '').replace(/[\r\n]/g, '')) | 0;
}
