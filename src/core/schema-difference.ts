import type { ObjectName } from './object-name.ts';

/** The classes of schema differences, the gravest first. */
export const differenceClasses = [
  'security',
  'semantic',
  'order',
  'names',
  'physical',
  'comment',
  'unstable',
  'environment',
  'unexplained',
  'deparse-only',
] as const;
export type DifferenceClass = (typeof differenceClasses)[number];

/** One object, or one property of it, that is not the same on both sides. */
export interface SchemaDifference {
  readonly class: DifferenceClass;
  readonly object: ObjectName;
  readonly property?: string;
  /** `only-left`: the object is missing on the right. */
  readonly how: 'only-left' | 'only-right' | 'changed';
  readonly left?: string;
  readonly right?: string;
  /** A sentence more where the engine knows one: "same body under another name: invoice_pkey". */
  readonly explanation?: string;
  /** Set where both sides already differed in this very way before the release that is rehearsed: the release didn't make it. */
  readonly oldDrift?: true;
}

/** What a comparison covered: printed every time, so that nobody has to guess what "same" means. */
export interface ComparisonScope {
  readonly engines: readonly string[];
  readonly leftServer: string;
  readonly rightServer: string;
  readonly objectsCompared: number;
  /** Object counts by kind. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Properties read from the catalogs of both sides; absent where a side is only a text, which has no catalog. */
  readonly factsCompared?: number;
  /** Schemas to which the comparison was restricted; absent: all but the system's. */
  readonly included?: readonly string[];
  readonly excluded: readonly string[];
  /** Differences that a waiver covers, as its file names them. */
  readonly waived?: readonly string[];
  /** Catalog columns that no comparison reads, and why, in short. */
  readonly unmodelled?: readonly string[];
  /** What the comparison could not do as it should, such as a catalog that may not be read: it is not complete then. */
  readonly incomplete?: readonly string[];
  /** What is known not to be compared. */
  readonly notCompared: readonly string[];
  /** How many dump/restore cycles it took until both texts were stable; 0 when they were equal at once. */
  readonly cycles: number;
  readonly leftFingerprint: string;
  readonly rightFingerprint: string;
}

export interface Comparison {
  readonly differences: readonly SchemaDifference[];
  readonly scope: ComparisonScope;
  /** Both schemas whole, as canonical texts, for the artifacts. Made on demand: it takes all of both sides apart. */
  readonly texts: () => { readonly left: string; readonly right: string };
}
