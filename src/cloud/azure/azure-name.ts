import { randomBytes } from 'node:crypto';
import { cloudName } from '../cloud-name.ts';

/** Azure takes 63 letters; the prefix, 14 digits of time, 6 at random and their hyphens leave these for production's name. */
const roomForSource = 29;

/**
 * The name for a server of ours. It is part of a host's name, and unique among all of Azure's customers, so that chance takes part in it.
 *
 * @example azureName('production', new Date('2026-01-01T03:00:00Z')) // 'pgrehearse-production-20260101030000-1f9a03'
 */
export function azureName(source: string, at: Date): string {
  return `${cloudName(source.slice(0, roomForSource), at)}-${randomBytes(3).toString('hex')}`;
}
