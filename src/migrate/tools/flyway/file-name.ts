/** How a team names its files, where it differs from Flyway’s habits. */
export interface FlywayNaming {
  readonly versioned: string;
  readonly repeatable: string;
  readonly undo: string;
  readonly baseline: string;
  readonly separator: string;
  readonly suffixes: readonly string[];
}

export const usualNaming: FlywayNaming = { versioned: 'V', repeatable: 'R', undo: 'U', baseline: 'B', separator: '__', suffixes: ['.sql'] };

export type FlywayName =
  | { readonly kind: 'versioned' | 'undo' | 'baseline'; readonly version: FlywayVersion; readonly description: string }
  | { readonly kind: 'repeatable'; readonly description: string }
  | { readonly kind: 'callback'; readonly event: string }
  /** Looks like a migration, and Flyway passes it over in silence. */
  | { readonly kind: 'misnamed'; readonly why: string };

export interface FlywayVersion {
  /** As Flyway records it: with dots, zeroes as they are written. */
  readonly text: string;
  /** Its numbers without zeroes at the end: by them versions are equal and sorted. */
  readonly parts: readonly bigint[];
}

/** The moments at which Flyway runs scripts that aren’t migrations: Event.java of Flyway 10. */
const event =
  /^(before|after)(Each)?(Migrate|Undo|Clean|Validate|Baseline|Repair|Info|Connect|Versioned|Repeatables)(Statement|Applied|OperationFinish)?(Error)?$|^createSchema$/;

/**
 * Reads a file’s name as Flyway does; undefined for what is no migration and doesn’t look like one.
 * From ResourceNameParser.java and MigrationVersion.java.
 *
 * @example readFlywayName('V1_10__add_email.sql') // { kind: 'versioned', version: { text: '1.10', parts: [1n, 10n] }, description: 'add email' }
 */
export function readFlywayName(name: string, naming: FlywayNaming = usualNaming): FlywayName | undefined {
  const suffix = naming.suffixes.find((one) => name.endsWith(one));
  if (suffix === undefined) return inOtherLetters(name, naming);
  const stem = name.slice(0, name.length - suffix.length);
  const cut = stem.indexOf(naming.separator);
  const before = cut === -1 ? stem : stem.slice(0, cut);
  const description = cut === -1 ? '' : stem.slice(cut + naming.separator.length).replaceAll('_', ' ');
  if (event.test(before)) return { kind: 'callback', event: before };
  const prefixes = (['versioned', 'undo', 'baseline', 'repeatable'] as const).toSorted((left, right) => naming[right].length - naming[left].length);
  const kind = prefixes.find((one) => naming[one] !== '' && stem.startsWith(naming[one]));
  if (kind === undefined) return inOtherLetters(name, naming);
  const rest = before.slice(naming[kind].length);
  if (kind === 'repeatable') {
    if (rest === '' && cut !== -1) return { kind, description };
    return /^_/.test(rest) ? { kind: 'misnamed', why: `needs ${naming.separator} after ${naming.repeatable}` } : undefined;
  }
  const version = readFlywayVersion(rest);
  if (version !== undefined) return { kind, version, description };
  return /^[\d_]/.test(rest) ? { kind: 'misnamed', why: `needs ${naming.separator} between a version of digits and the description` } : undefined;
}

/** Whether a name is a migration's but for small and capital letters, between which Flyway tells. */
function inOtherLetters(name: string, naming: FlywayNaming): FlywayName | undefined {
  const small = (text: string) => text.toLowerCase();
  const { versioned, repeatable, undo, baseline, separator, suffixes } = naming;
  const folded: FlywayNaming = {
    ...{ versioned: small(versioned), repeatable: small(repeatable), undo: small(undo), baseline: small(baseline), separator: small(separator) },
    suffixes: suffixes.map(small),
  };
  // The last step down: what is in small letters throughout has no other letters to be read in.
  if (small(name) === name && JSON.stringify(folded) === JSON.stringify(naming)) return undefined;
  const read = readFlywayName(small(name), folded);
  if (read === undefined || read.kind === 'callback' || read.kind === 'misnamed') return undefined;
  return {
    kind: 'misnamed',
    why: `needs ${[versioned, repeatable, undo, baseline].filter((one) => one !== '').join(', ')} and ${suffixes.join(', ')} in just these letters`,
  };
}

/** Reads `1`, `001`, `1.10`, `1_10`; undefined where it is no version. */
export function readFlywayVersion(text: string): FlywayVersion | undefined {
  if (!/^\d+([._]\d+)*$/.test(text)) return undefined;
  const written = text.replaceAll('_', '.');
  const parts = written.split('.').map(BigInt);
  while (parts.length > 1 && parts.at(-1) === 0n) parts.pop();
  return { text: written, parts };
}

/** 1.10 comes after 1.9, and 1.0 is 1. */
export function compareFlywayVersions(left: FlywayVersion, right: FlywayVersion): number {
  for (let at = 0; at < Math.max(left.parts.length, right.parts.length); at++) {
    const [a, b] = [left.parts[at] ?? 0n, right.parts[at] ?? 0n];
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}
