import type { Artifact } from './artifact.ts';
import type { Event } from './event.ts';

/** One line of journal.jsonl. `sha256` covers the line's other fields and the line before it, so that none can be altered or taken out unseen. */
export interface JournalEntry {
  readonly seq: number;
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
  readonly event: Event;
  readonly previousSha256: string;
  readonly sha256: string;
}

/** manifest.json: what the run folder holds. */
export interface Manifest {
  readonly format: 'pgrehearse-evidence/1';
  readonly runId: string;
  readonly createdAt: string;
  readonly journal: { readonly path: 'journal.jsonl'; readonly entries: number; readonly sha256: string; readonly lastEntrySha256: string };
  readonly artifacts: readonly Artifact[];
}

/** A run's whole record: all that a report may use. */
export interface Evidence {
  readonly manifest?: Manifest;
  readonly entries: readonly JournalEntry[];
  /** The journal's last line was cut off by a crash, and is left out of `entries`. */
  readonly torn?: true;
}
