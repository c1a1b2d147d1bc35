import { type LockMode, lockModes, type Unobserved } from '../core/recording.ts';

/** A lock mode as the documentation calls it: `ACCESS EXCLUSIVE`. */
export function lockName(mode: string): string {
  return mode
    .replace(/Lock$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
}

/** SHARE and above: modes that somebody's plain reading or writing has to wait for (PostgreSQL documentation, table 13.2). */
export function isStrong(mode: LockMode): boolean {
  return lockModes.indexOf(mode) >= lockModes.indexOf('ShareLock');
}

/** What has to wait while a lock is held; undefined where plain reading and writing goes on. */
export function whatItBlocks(mode: LockMode): 'reading and writing' | 'writing' | undefined {
  if (mode === 'AccessExclusiveLock') return 'reading and writing';
  return isStrong(mode) ? 'writing' : undefined;
}

/** What could not be seen, in words that `not observed` can follow. */
export const unobservedWords: Readonly<Record<Unobserved['what'], string>> = {
  locks: 'locks',
  'lock-times': 'times of locks',
  rewrites: 'rewrites',
  'rewrite-reasons': 'reasons of rewrites',
  scans: 'scans',
  rows: 'rows written',
  wal: 'WAL',
  temp: 'temporary files',
  sizes: 'sizes',
  settings: 'settings',
  objects: 'objects made and dropped',
};
