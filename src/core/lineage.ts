/** A revision and where a person finds it. */
export interface RevisionPlace {
  readonly revision: string;
  readonly file: string;
}

/** The parts of a structure that are told one by one. `other`: views, functions, triggers, policies and whatever else a schema holds. */
export const structureParts = ['tables', 'columns', 'defaults', 'constraints', 'indexes', 'enums', 'sequences', 'other'] as const;
export type StructurePart = (typeof structureParts)[number];

/** One deviation between production and what it is taken for. */
export interface StructureDeviation {
  /** `column public.fund.currency` */
  readonly object: string;
  readonly property?: string;
  /** What production has; absent: it has no such object, or nothing there. */
  readonly production?: string;
  /** What it should have. */
  readonly expected?: string;
}

/** What was compared of one part, and what was not the same. */
export interface PartParity {
  readonly part: StructurePart;
  readonly compared: number;
  readonly deviations: readonly StructureDeviation[];
}

/** Is production, which was never stamped, really at the revision that it is taken for? */
export interface AnchorParity {
  readonly revision: string;
  /** `repo`: what the history builds from nothing up to the revision. `approved-evidence`: what production was in a run that was approved. */
  readonly against: 'repo' | 'approved-evidence';
  /** For people: `the repo at 0019`, `run 2026-11-20T…, root hash 5c…`. */
  readonly label: string;
  readonly parts: readonly PartParity[];
}

/** What a migration tool itself said, beside what we read. */
export interface ToolAnswer {
  readonly about: 'heads' | 'current' | 'history';
  readonly moment: 'before' | 'after-stamp' | 'after-migrate';
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Null where it was ended by a signal. */
  readonly exitCode: number | null;
  readonly lines: readonly string[];
}

/** How a database that has no list of applied migrations was given one. */
export interface StampReport {
  readonly revision: string;
  /** `tool`: by its own command. `rows`: we wrote the rows that the tool would have written. */
  readonly by: 'tool' | 'rows';
  /** Program and arguments; empty where rows were written. */
  readonly command: readonly string[];
  readonly exitCode: number | null;
  readonly output: readonly { readonly stream: 'stdout' | 'stderr'; readonly line: string }[];
  readonly durationMs: number;
  /** Tables that may be written to: the ledger, and what belongs to it. */
  readonly ledger: readonly string[];
  /** SHA-256 over all facts of the catalogs but the ledger's. */
  readonly schemaBefore: string;
  readonly schemaAfter: string;
  readonly objects: number;
  /** Differences between the two, at most a few: `table public.fund: comment`. */
  readonly changed: readonly string[];
  /** Tables whose counters of rows and whose files were compared, and those that were written to. */
  readonly tables: number;
  readonly written: readonly string[];
  /** Why the counters can't be relied on; absent where they can. */
  readonly countersProblem?: string;
  /** What the ledger names now, as we read it. */
  readonly recorded: readonly string[];
  /** Revisions that count as applied by that, and those that are still pending. */
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** What has to count as applied at the anchor; absent in runs of older versions. */
  readonly planned?: readonly string[];
}

/** What became of the history when the migrations had run. */
export interface AppliedReport {
  /** What was to run, in order. */
  readonly expected: readonly string[];
  /** What the ledger names more than before, in the repo's order. */
  readonly recorded: readonly string[];
  /** The same in the order in which the ledger was written; absent where that was not seen. */
  readonly order?: readonly string[];
  /** Heads of the files and of the ledger, afterwards. */
  readonly heads: readonly string[];
  readonly current: readonly string[];
}
