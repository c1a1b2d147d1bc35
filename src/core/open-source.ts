import type { Readable } from 'node:stream';
import type { DumpFile, DumpManifest } from './dump-manifest.ts';
import type { Masking } from './masking.ts';
import type { Session } from './ports.ts';
import type { Result } from './result.ts';
import type { Address } from './server.ts';
import type { FidelityLoss, SourceFacts } from './source-facts.ts';

/** A Postgres that is read at one instant: `session` holds the exported snapshot open until the source is closed. */
export interface LiveSource extends AsyncDisposable {
  readonly kind: 'live';
  readonly facts: SourceFacts;
  readonly address: Address;
  readonly session: Session;
  readonly snapshotId: string;
  /** What it is called in the cloud, where it was restored for us. */
  readonly identifier?: string;
  /** Absent: everything comes over as it is. */
  readonly masking?: Masking;
  /** Set: the team says that it can't change; a lost connection may then be made again, if the source proves it. */
  readonly unchanging?: true;
  /** Set: it was restored for us, and only this process has its password; a lost connection may be made again where nobody has written to its tables. */
  readonly restoredForUs?: true;
  /** Set: whoever copies it hashes what its tables hold, at the snapshot; of a sample so many percent of the rows. */
  readonly hashContent?: true | { readonly sample: number };
}

/** A dump: a script of SQL statements and COPY blocks, which may be read from the start as often as needed. */
export interface ScriptSource extends AsyncDisposable {
  readonly kind: 'script';
  readonly facts: SourceFacts;
  /** The script's own encoding, as Postgres calls it (its `SET client_encoding`). */
  readonly encoding: string;
  /** False: written by hand. Its rows are those that come out of running it; they can't be counted beforehand. */
  readonly madeByDump: boolean;
  /** What is known to be in production and not in the script. */
  readonly losses: readonly FidelityLoss[];
  open(): Promise<Result<Readable>>;
}

/** A dump folder of ours: a file or more for each table, which can be loaded side by side. */
export interface FolderSource extends AsyncDisposable {
  readonly kind: 'folder';
  readonly facts: SourceFacts;
  readonly manifest: DumpManifest;
  /** The scripts, read and found to be what the manifest says when the dump was opened. */
  readonly scripts: { readonly preData: string; readonly largeObjects: string; readonly sequences: string; readonly postData: string };
  /**
   * The content of a file of rows, unpacked and decrypted. It is checked while it is read: damage is an error of the stream (a FailureError
   * with `dump-damaged`), so nothing that was read may count before the stream's end.
   */
  read(file: DumpFile): Readable;
}

export type OpenSource = LiveSource | ScriptSource | FolderSource;
