/** The number at the start of a migration's name, by which its tool sorts and which many ledgers store. */
export interface Version {
  /** As written: `007`, `20240304123642`, `1.2`. */
  readonly text: string;
  /** Its numeric parts; a timestamp of any width is one part. */
  readonly parts: readonly bigint[];
  /** What follows the number and its separators: `add_email`. */
  readonly rest: string;
}

const date = /^(\d{4}-\d{2}-\d{2}(?:-\d+)?)(?:[-_. ]+|$)/;
const flyway = /^[Vv](\d+(?:[._]\d+)*)(?:__|$)/;
const number = /^(\d+(?:\.\d+)*)(?:[-_. ]+|$)/;

/**
 * Reads `NNN_name`, `<time>_name`, `2024-05-01-name` and Flyway's `V1_2__name`; undefined where the name starts otherwise.
 *
 * @example readVersion('0010_add_email')?.parts // [10n]
 */
export function readVersion(name: string): Version | undefined {
  const found = date.exec(name) ?? flyway.exec(name) ?? number.exec(name);
  const text = found?.[1];
  if (found === null || text === undefined) return undefined;
  return { text, parts: text.split(/[-._]/).map(BigInt), rest: name.slice(found[0].length) };
}

/** By numbers, part by part, so that 10 comes after 9 and widths don't matter. A missing part counts as zero. */
export function compareVersions(left: Version, right: Version): number {
  for (let at = 0; at < Math.max(left.parts.length, right.parts.length); at++) {
    const a = left.parts[at] ?? 0n;
    const b = right.parts[at] ?? 0n;
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}

/** One text for all ways to write the same version: `007`, `7` and `7.0` are the same to the tools. */
export function versionKey(version: Version): string {
  const parts = [...version.parts];
  while (parts.length > 1 && parts.at(-1) === 0n) parts.pop();
  return parts.join('.');
}
