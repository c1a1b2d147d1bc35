/** All that we make in a cloud is called so; policies rely on it. */
export const namePrefix = 'pgrehearse-';

/** RDS takes 63 letters; the prefix, a hyphen and 14 digits of time leave these for production's name. */
const roomForSource = 37;

/**
 * The name for a thing of ours: which production it shows, and when it was made, in UTC.
 *
 * @example cloudName('production', new Date('2026-01-01T03:00:00Z')) // 'pgrehearse-production-20260101030000'
 */
export function cloudName(source: string, at: Date): string {
  // Two hyphens in a row are refused, and so is one at the end.
  const cut = source
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, roomForSource)
    .replace(/^-|-$/g, '');
  return `${namePrefix}${cut}-${at.toISOString().slice(0, 19).replace(/\D/g, '')}`;
}
