import type { TableCount, TableHash } from './data.ts';
import type { MaskingFacts } from './masking.ts';
import type { FidelityLoss, SourceFacts, StatisticsFacts } from './source-facts.ts';

/** A file of a dump folder as it lies on the disk: packed, and encrypted where the dump is. */
export interface DumpFile {
  /** Relative to the folder, with forward slashes. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** A file of rows in COPY's text format. */
export interface DumpRows extends DumpFile {
  readonly rows: number;
  /** When unpacked. */
  readonly bytes: number;
}

export interface DumpTable {
  readonly schema: string;
  readonly table: string;
  /** What the files hold, in their order; none for a table without columns, which may have rows all the same. */
  readonly columns: readonly string[];
  readonly rows: number;
  /** The partitioned table to load through, where the same row may belong to another leaf on another server. */
  readonly loadThrough?: { readonly schema: string; readonly table: string };
  /** A table of an extension: only the rows that the extension doesn't bring itself. */
  readonly ofExtension?: true;
  readonly maskedColumns?: readonly string[];
  /** None when the table was empty. Together they are the table; their order means nothing. */
  readonly files: readonly DumpRows[];
}

/** manifest.json of a dump folder. The folder gets its name after it was written, so that one with a name is whole. */
export interface DumpManifest {
  readonly format: 'pgrehearse-dump/2';
  /** The ledger's name for it. */
  readonly id: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** ISO 8601: when it is to be removed. */
  readonly expiresAt?: string;
  /** ISO 8601: the instant of production that every file shows. */
  readonly dataAsOf: string;
  /** As pg_export_snapshot named it. */
  readonly snapshot: string;
  readonly server: { readonly version: string; readonly major: number };
  /** `encoding` is the one of the text in `tables`; scripts are UTF-8. */
  readonly text: { readonly encoding: 'UTF8' | 'SQL_ASCII'; readonly format: 'COPY text'; readonly compression: 'zstd' };
  /** Absent: not encrypted. `recipients` are public keys; `keyFile` holds the private one, encrypted with a passphrase. */
  readonly encryption?: { readonly format: 'age-encryption.org/v1'; readonly recipients: readonly string[]; readonly keyFile?: string };
  /** What was masked by the source; absent: nothing. */
  readonly masking?: MaskingFacts;
  readonly facts: SourceFacts;
  readonly scripts: {
    readonly preData: DumpFile;
    readonly largeObjects: DumpFile;
    readonly sequences: DumpFile;
    readonly postData: DumpFile;
  };
  readonly tables: readonly DumpTable[];
  /** Rows of (oid, offset, content); `rows` counts pieces. */
  readonly largeObjects: readonly DumpRows[];
  /** The planner's statistics of the source, a row for each relation and each of its columns; absent: they are gathered where the dump is loaded. */
  readonly statistics?: { readonly file: DumpRows; readonly analysed: StatisticsFacts['analysed'] };
  /** For people with psql: restore.sql, roles.sql, database.sql. */
  readonly companions: readonly DumpFile[];
  /** Exact rows of each table, as they are counted on a copy. */
  readonly counts: readonly TableCount[];
  /** What each table held at the snapshot, as it is hashed on a copy; masked columns as they are in the files. Absent unless asked for. */
  readonly hashes?: readonly TableHash[];
  /** How they were made, as `hashFormat` has it; absent in earlier dumps, whose hashes were made in another way. */
  readonly hashFormat?: number;
  readonly rows: number;
  readonly bytes: number;
  readonly snapshotHeldMs: number;
  readonly ddlBy: string;
  /** What production has and the dump doesn't. */
  readonly losses: readonly FidelityLoss[];
  readonly harmless: readonly string[];
  /** Of `manifestText`. */
  readonly sha256: string;
}

/** What a manifest's own checksum is of: the object without it, as `JSON.stringify(…, undefined, 2)` writes it. */
export function manifestText(manifest: Omit<DumpManifest, 'sha256'> & { readonly sha256?: string }): string {
  const { sha256: _, ...rest } = manifest;
  return JSON.stringify(rest, undefined, 2);
}

/** The manifest of earlier dump folders: one script holds everything. */
export interface ScriptManifest
  extends Pick<DumpManifest, 'createdAt' | 'facts' | 'counts' | 'rows' | 'bytes' | 'snapshotHeldMs' | 'ddlBy' | 'losses' | 'harmless'> {
  readonly format: 'pgrehearse-dump/1';
  readonly files: readonly DumpFile[];
}
