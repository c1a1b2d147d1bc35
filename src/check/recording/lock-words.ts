import type { LockMode } from '../../core/recording.ts';

/** The modes that let no row be changed while they are held (PostgreSQL documentation, table 13.2), and what else they stop. */
const stopped: Partial<Record<LockMode, string>> = {
  ShareLock: 'every insert, update and delete',
  ShareRowExclusiveLock: 'every insert, update and delete',
  ExclusiveLock: 'every insert, update, delete and select … for update or share',
  AccessExclusiveLock: 'every read and every write of it',
};

/** Whether a lock stops the application's writes. */
export function isStrong(mode: LockMode): boolean {
  return mode in stopped;
}

/**
 * What waits while a lock of this mode is held or waited for.
 *
 * @example stoppedBy('ShareLock') // 'every insert, update and delete'
 */
export function stoppedBy(mode: LockMode): string {
  return stopped[mode] ?? 'other changes of its definition, and vacuum';
}

/**
 * A mode as the documentation writes it.
 *
 * @example showMode('ShareRowExclusiveLock') // 'SHARE ROW EXCLUSIVE'
 */
export function showMode(mode: LockMode): string {
  return mode
    .replace(/Lock$/, '')
    .replaceAll(/(?<=.)(?=[A-Z])/g, ' ')
    .toUpperCase();
}
