import { randomBytes } from 'node:crypto';

/**
 * Names a run: UTC time to the second, and four random hex digits, so that names sort by time and two runs of one second differ.
 *
 * @example makeRunId(new Date('2026-11-21T02:45:00Z')) // '20261121-024500-7f3a'
 */
export function makeRunId(now: Date, random: Uint8Array = randomBytes(2)): string {
  const [date = '', time = ''] = now.toISOString().slice(0, 19).split('T');
  const suffix = Buffer.from(random.subarray(0, 2)).toString('hex').padStart(4, '0');
  return `${date.replaceAll('-', '')}-${time.replaceAll(':', '')}-${suffix}`;
}

/** Whether a folder's name is that of a run. */
export function isRunId(name: string): boolean {
  return /^\d{8}-\d{6}-[0-9a-f]{4}$/.test(name);
}
