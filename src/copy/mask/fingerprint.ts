import { createHash } from 'node:crypto';
import type { MaskingSettings } from '../../config/schema.ts';
import { isKept, readDecisions } from './decisions.ts';

/**
 * SHA-256 over what is masked and how, without the salt and without what is kept: equal for two copies that were made with the same masks.
 * Needs nothing but the configuration, so that a dump can be held against it.
 */
export function maskFingerprint({ columns, largeObjects }: Pick<MaskingSettings, 'columns' | 'largeObjects'>): string {
  const masks = Object.entries(columns).filter(([, mask]) => !isKept(mask));
  const masked = readDecisions(Object.fromEntries(masks))
    .decisions.map(({ name, mask }) => [name, mask] as const)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([masked, largeObjects === 'empty' ? 'empty' : 'keep']))
    .digest('hex');
}
