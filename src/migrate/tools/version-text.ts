/**
 * The number before the first underscore of a revision, without leading zeroes: as tools store and take it that read it as a number.
 *
 * @example versionText('007_add_email') // '7'
 */
export function versionText(revision: string): string {
  const [digits = revision] = revision.split('_', 1);
  return /^\d+$/.test(digits) ? BigInt(digits).toString() : digits;
}
