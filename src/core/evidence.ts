import type { Artifact } from './artifact.ts';
import type { Event } from './event.ts';
import type { RootCause } from './root-cause.ts';
import type { SignatureFile } from './signature-file.ts';
import type { VerdictKind } from './verdict.ts';

/** One line of journal.jsonl. `sha256` covers the line's other fields and the line before it, so that none can be altered or taken out unseen. */
export interface JournalEntry {
  readonly seq: number;
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
  readonly event: Event;
  readonly previousSha256: string;
  readonly sha256: string;
}

/** What a run was, as its sealed manifest says it: a pure function of the journal, so that one can be checked against the other. */
export interface RunFacts {
  readonly title?: string;
  /** What was judged, where that isn't the deploy. */
  readonly scope?: string;
  /** ISO 8601, of the first and the last entry. */
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Absent: the record ends before the verdict. */
  readonly verdict?: { readonly kind: VerdictKind; readonly rootCause?: RootCause; readonly exitCode: number };
  readonly madeBy?: { readonly user: string; readonly host: string; readonly platform: string };
  readonly project?: { readonly folder: string; readonly configSha256: string; readonly commit?: string; readonly dirty?: boolean };
  readonly versions: {
    readonly pgrehearse?: string;
    readonly node?: string;
    /** As configured, with its version where the tool was asked: `alembic 1.8.1`. */
    readonly migrationTool?: string;
    readonly sourceServer?: string;
    readonly cloneServer?: string;
    readonly pgDump?: string;
  };
  readonly data?: {
    readonly source: string;
    readonly database: string;
    /** ISO 8601: the instant of production that the copy shows. */
    readonly dataAsOf: string;
    /** The frozen copy that the run's clones were started from. */
    readonly imageId?: string;
    /** Set where that image was made by an earlier run or load. ISO 8601. */
    readonly imageMadeAt?: string;
  };
  /** Every migration file of the repo, in the order of its tool. */
  readonly migrations: readonly {
    readonly revision: string;
    readonly file: string;
    readonly sha256: string;
    readonly pending: boolean;
  }[];
}

/** What a manifest of either format has. */
interface Sealed {
  readonly runId: string;
  readonly createdAt: string;
  readonly journal: { readonly path: 'journal.jsonl'; readonly entries: number; readonly sha256: string; readonly lastEntrySha256: string };
  readonly artifacts: readonly Artifact[];
}

/**
 * manifest.json: what the run folder holds, and what the run was. Its bytes are `JSON.stringify(manifest, null, 2)` with a line feed at the end, in
 * UTF-8; the run's root hash is the SHA-256 of these bytes, as `sha256sum manifest.json` prints it.
 */
export interface Manifest extends Sealed {
  readonly format: 'pgrehearse-evidence/2';
  readonly run: RunFacts;
  /** Set where the configuration asks for a signature: a run without it isn't whole. */
  readonly signature?: SignatureFile;
}

/** Of runs that were sealed before there was a root hash. */
export interface ManifestOfFormat1 extends Sealed {
  readonly format: 'pgrehearse-evidence/1';
}

/** A run's whole record: all that a report may use. */
export interface Evidence {
  readonly manifest?: Manifest | ManifestOfFormat1;
  readonly entries: readonly JournalEntry[];
  /** The journal's last line was cut off by a crash, and is left out of `entries`. */
  readonly torn?: true;
}
